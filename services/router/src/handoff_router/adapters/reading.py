"""Rows as the domain's values."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from handoff_router.domain.state import (
    Bot,
    Claiming,
    Conversation,
    Human,
    Ledger,
    Outgoing,
    Owner,
    Turn,
    Waiting,
)


def conversation_of(row: Row[Any], outbox: tuple[Outgoing, ...]) -> Conversation:
    return Conversation(
        id=row.id,
        customer=row.customer,
        business=row.business,
        owner=_owner_of(row),
        epoch=row.epoch,
        version=row.version,
        seq=row.seq,
        turn=Turn(
            number=row.turn,
            state=row.turn_state,
            upto=row.turn_upto,
            asked=row.turn_asked,
            since=row.turn_since,
            superseded=row.superseded_turns,
        ),
        handoff=row.handoff_id,
        window=row.window_id,
        outbox=outbox,
        inbound_seq=row.inbound_seq,
        last_inbound_at=row.last_inbound_at,
        opted_out=row.opted_out,
        note=row.note,
        note_seq=row.note_seq,
    )


def outgoing_of(row: Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        seq=row.seq,
        text=row.text,
        automatic=row.automatic,
        epoch=row.epoch,
        queued_at=row.created_at,
        operator=row.operator_id,
        status=row.status,
        attempt=row.attempt,
        releases=row.releases,
        doubt_is_last=row.doubt_is_last,
        answers_after=row.answers_after,
    )


def ledger_of(
    rows: Sequence[Row[Any]], attempts: dict[UUID, int], ahead: timedelta
) -> dict[UUID, Ledger]:
    """Return what the ledger says of each message, of which `attempts` has the current attempt.

    The ledger is kept by the machine's clock, which the business's is `ahead` of.

    An attempt on its way comes first: until it has landed, nothing may follow it. Then any that was
    accepted, since the customer has the message by that; then the current one.
    """
    found: dict[UUID, Ledger] = {}
    for row in rows:
        rank = _rank(row.state, current=row.attempt == attempts.get(row.message_id))
        if rank:
            known = found.get(row.message_id)
            if known is None or _rank(known.state, current=True) < rank:
                found[row.message_id] = Ledger(
                    row.state, row.attempt, row.message_sid, row.code, row.claimed_at + ahead
                )
    return found


def _rank(state: str, *, current: bool) -> int:
    return {"submitting": 3, "accepted": 2}.get(state, int(current))


def _owner_of(row: Row[Any]) -> Owner:
    match row.owner:
        case "waiting":
            return Waiting(row.department, row.overdue_at)
        case "claiming":
            return Claiming(row.operator_id)
        case "human":
            return Human(row.operator_id)
        case _:
            return Bot()
