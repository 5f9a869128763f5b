"""What a batch needs to know, read under the locks of its conversations.

READ COMMITTED: the rows are locked first and everything else is read in later statements, or the
reads would be older than the locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from handoff_common.database import Database
from handoff_common.events import (
    EVENT,
    CommandAnswered,
    CustomerWrote,
    DeliveryReported,
    MessageResult,
)
from handoff_common.ids import fresh_id
from handoff_common.tables import (
    CommandRow,
    ContactRow,
    ConversationRow,
    EffectRow,
    HandoffRow,
    MessageReportRow,
    MessageRow,
    SendRow,
    TimerRow,
)
from handoff_router.adapters.reading import conversation_of, ledger_of, outgoing_of
from handoff_router.domain.changes import Stored
from handoff_router.domain.conversation import RouterInput
from handoff_router.domain.state import Conversation, Ended, Ledger, Outgoing, Waiting
from handoff_router.domain.words import wants_person

Pair: TypeAlias = tuple[str, str]
"""A customer's address and a business number."""


@dataclass(slots=True)
class Timer:
    generation: int = 0
    due_at: datetime | None = None
    trace: str = ""


@dataclass(slots=True)
class Loaded:
    """All that is known about the conversations of a batch; kept up to date while it is applied."""

    now: datetime
    """By the business's clock."""
    ahead: timedelta
    """How far that is ahead of the machine's."""
    conversations: dict[UUID, Conversation] = field(default_factory=dict[UUID, Conversation])
    ids: dict[Pair, UUID] = field(default_factory=dict[Pair, UUID])
    stored: dict[UUID, Stored] = field(default_factory=dict[UUID, Stored])
    ledger: dict[UUID, Ledger] = field(default_factory=dict[UUID, Ledger])
    timers: dict[tuple[UUID, str], Timer] = field(default_factory=dict[tuple[UUID, str], Timer])
    positions: dict[UUID, int] = field(default_factory=dict[UUID, int])
    ended: dict[UUID, Ended] = field(default_factory=dict[UUID, Ended])
    deliveries: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Twilio's status of the messages that reports are about."""
    reports: dict[tuple[UUID, int], str] = field(default_factory=dict[tuple[UUID, int], str])


async def load(
    database: Database, connection: AsyncConnection, events: Sequence[RouterInput]
) -> Loaded:
    """Lock the conversations of a batch, in key order, and read what the transition may know."""
    now = await database.now(connection)
    ids = await _conversation_ids(database, connection, events, now)
    wanted = sorted(
        {*ids.values(), *(e.conversation_id for e in events if not isinstance(e, CustomerWrote))}
    )
    rows = await _rows(
        connection,
        select(ConversationRow)
        .where(col(ConversationRow.id).in_(wanted))
        .order_by(col(ConversationRow.id))
        .with_for_update(),
    )
    known = [row.id for row in rows]
    open_messages = await _open_messages(connection, known)
    # Again: while we waited for a lock, its holder may have recorded what happened after `now`.
    loaded = Loaded(now=await database.now(connection), ahead=database.ahead, ids=ids)
    loaded.conversations = {row.id: conversation_of(row, open_messages[row.id]) for row in rows}
    loaded.stored = await _stored(connection, events)
    loaded.ended = await _ended(connection, events)
    attempts = {message: ended.attempt for message, ended in loaded.ended.items()}
    attempts |= {m.id: m.attempt for messages in open_messages.values() for m in messages}
    loaded.ledger = await _ledger(connection, attempts, loaded.ahead)
    loaded.timers = await _timers(connection, known)
    loaded.positions = await _positions(connection, _asking(events, loaded))
    await _load_reports(connection, events, loaded)
    return loaded


async def _conversation_ids(
    database: Database,
    connection: AsyncConnection,
    events: Sequence[RouterInput],
    now: datetime,
) -> dict[Pair, UUID]:
    """Return the conversations of the customers who wrote; make those that are new."""
    names = {
        (e.customer, e.business): e.profile_name for e in events if isinstance(e, CustomerWrote)
    }
    found = await _ids_of(connection, names)
    missing = [pair for pair in names if pair not in found]
    if not missing:
        return found
    contacts = [
        {"id": fresh_id(), "address": customer, "profile_name": names[customer, business],
         "created_at": now}
        for customer, business in sorted(missing)
    ]  # fmt: skip
    await connection.execute(database.insert_new(ContactRow), contacts)
    addresses = [customer for customer, _ in missing]
    contact_ids = {
        row.address: row.id
        for row in await _rows(
            connection,
            select(col(ContactRow.id), col(ContactRow.address)).where(
                col(ContactRow.address).in_(addresses)
            ),
        )
    }
    rows = [
        ConversationRow(
            id=fresh_id(), contact_id=contact_ids[customer], customer=customer,
            business=business, created_at=now, updated_at=now,
        ).model_dump()
        for customer, business in sorted(missing)
    ]  # fmt: skip
    await connection.execute(database.insert_new(ConversationRow), rows)
    return await _ids_of(connection, names)


def threads_of(customers: Sequence[str]) -> Select[UUID, str, str]:
    """Return what finds the conversations of customers: by `ix_conversations_pair`."""
    return select(
        col(ConversationRow.id), col(ConversationRow.customer), col(ConversationRow.business)
    ).where(col(ConversationRow.customer).in_(customers))


async def _ids_of(connection: AsyncConnection, pairs: dict[Pair, str]) -> dict[Pair, UUID]:
    if not pairs:
        return {}
    rows = await _rows(connection, threads_of([customer for customer, _ in pairs]))
    found = {(row.customer, row.business): row.id for row in rows}
    return {pair: found[pair] for pair in pairs if pair in found}


async def _open_messages(
    connection: AsyncConnection, conversations: Sequence[UUID]
) -> dict[UUID, tuple[Outgoing, ...]]:
    rows = await _rows(
        connection,
        select(MessageRow)
        .where(col(MessageRow.conversation_id).in_(conversations), col(MessageRow.open))
        .order_by(col(MessageRow.seq)),
    )
    found: dict[UUID, tuple[Outgoing, ...]] = dict.fromkeys(conversations, ())
    for row in rows:
        found[row.conversation_id] = (*found[row.conversation_id], outgoing_of(row))
    return found


async def _stored(connection: AsyncConnection, events: Sequence[RouterInput]) -> dict[UUID, Stored]:
    rows = await _rows(
        connection,
        select(
            col(EffectRow.cause_id),
            col(EffectRow.events),
            col(CommandRow.answer),
            col(CommandRow.digest),
        )
        .outerjoin(CommandRow, col(CommandRow.id) == col(EffectRow.cause_id))
        .where(col(EffectRow.cause_id).in_([event.id for event in events])),
    )
    return {
        row.cause_id: Stored(
            [EVENT.validate_python(event) for event in row.events],
            None if row.answer is None else CommandAnswered.model_validate(row.answer),
            row.digest or "",
        )
        for row in rows
    }


async def _ledger(
    connection: AsyncConnection, attempts: dict[UUID, int], ahead: timedelta
) -> dict[UUID, Ledger]:
    if not attempts:
        return {}
    rows = await _rows(
        connection,
        select(
            col(SendRow.message_id),
            col(SendRow.attempt),
            col(SendRow.state),
            col(SendRow.message_sid),
            col(SendRow.code),
            col(SendRow.claimed_at),
        ).where(col(SendRow.message_id).in_(attempts)),
    )
    return ledger_of(rows, attempts, ahead)


async def _ended(connection: AsyncConnection, events: Sequence[RouterInput]) -> dict[UUID, Ended]:
    about = {event.message_id for event in events if isinstance(event, MessageResult)}
    if not about:
        return {}
    rows = await _rows(
        connection,
        select(
            col(MessageRow.id),
            col(MessageRow.status),
            col(MessageRow.automatic),
            col(MessageRow.attempt),
            col(MessageRow.seq),
            col(MessageRow.answers_after),
        ).where(col(MessageRow.id).in_(about), ~col(MessageRow.open)),
    )
    return {
        row.id: Ended(row.status, row.automatic, row.attempt, row.seq, row.answers_after)
        for row in rows
    }


async def _timers(
    connection: AsyncConnection, conversations: Sequence[UUID]
) -> dict[tuple[UUID, str], Timer]:
    rows = await _rows(
        connection, select(TimerRow).where(col(TimerRow.conversation_id).in_(conversations))
    )
    return {
        (row.conversation_id, row.kind): Timer(row.generation, row.due_at, row.trace)
        for row in rows
    }


def _asking(events: Sequence[RouterInput], loaded: Loaded) -> list[UUID]:
    """Return the open handoffs of customers who wait, and ask for a person again."""
    asking = {
        loaded.ids[event.customer, event.business]
        for event in events
        if isinstance(event, CustomerWrote) and wants_person(event.text)
    }
    found = (loaded.conversations[conversation] for conversation in asking)
    return [c.handoff for c in found if c.handoff is not None and isinstance(c.owner, Waiting)]


async def _positions(connection: AsyncConnection, waiting: Sequence[UUID]) -> dict[UUID, int]:
    """Return the place in the queue of those that wait; first come, first served."""
    if not waiting:
        return {}
    mine = select(col(HandoffRow.id), col(HandoffRow.conversation_id), col(HandoffRow.opened_at))
    own = mine.where(col(HandoffRow.id).in_(waiting)).subquery()
    counted = await _rows(
        connection,
        select(own.c.conversation_id, func.count().label("position"))
        .join(HandoffRow, col(HandoffRow.opened_at) <= own.c.opened_at)
        .where(col(HandoffRow.claimed_at).is_(None), col(HandoffRow.closed_at).is_(None))
        .group_by(own.c.conversation_id),
    )
    return {row.conversation_id: row.position for row in counted}


async def _load_reports(
    connection: AsyncConnection, events: Sequence[RouterInput], loaded: Loaded
) -> None:
    messages = [event.message_id for event in events if isinstance(event, DeliveryReported)]
    if not messages:
        return
    rows = await _rows(
        connection,
        select(col(MessageRow.id), col(MessageRow.delivery)).where(
            col(MessageRow.id).in_(messages)
        ),
    )
    loaded.deliveries = {row.id: row.delivery for row in rows}
    reports = await _rows(
        connection,
        select(MessageReportRow).where(col(MessageReportRow.message_id).in_(messages)),
    )
    loaded.reports = {(row.message_id, row.attempt): row.status for row in reports}


async def _rows(connection: AsyncConnection, statement: Any) -> Sequence[Row[Any]]:  # noqa: ANN401  # any select
    return (await connection.execute(statement)).all()
