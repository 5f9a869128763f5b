"""Inbox rows: each conversation with its contact, operator, handoffs and last message."""

from typing import Any, TypeAlias, get_args

from sqlalchemy import (
    ColumnElement,
    FromClause,
    RowMapping,
    Select,
    and_,
    func,
    not_,
    select,
)

from handoff_common.database import table_of
from handoff_common.ids import OperatorId
from handoff_common.tables import ContactRow, ConversationRow, HandoffRow, MessageRow, OperatorRow
from handoff_operator_api.domain.inbox import (
    Closing,
    Handoff,
    LastMessage,
    Owner,
    Receipt,
    View,
)

Rows: TypeAlias = Select[*tuple[Any, ...]]

_HANDOFFS, _PEOPLE = table_of(HandoffRow), table_of(OperatorRow)
C, H = table_of(ConversationRow).c, _HANDOFFS.c
_CONTACTS, M, _OPERATORS = table_of(ContactRow).c, table_of(MessageRow).c, _PEOPLE.c
_LAST, _CLOSER = _HANDOFFS.alias("last_handoff"), _PEOPLE.alias("closer")
_OWNED = ("claiming", "human")
CLOSED_AT = _LAST.c.closed_at
IS_LAST = and_(M.conversation_id == C.id, M.seq == C.seq)

# `waiting` comes from the conversation, not from the handoff: nobody who waits may be left out.
WAITING_SINCE = func.coalesce(H.opened_at, C.updated_at, type_=C.updated_at.type)


def rows(*more: ColumnElement[Any]) -> Rows:
    """Select what `summary` reads, and more."""
    return (
        select(
            C.id,
            C.customer,
            _CONTACTS.profile_name,
            C.owner,
            C.operator_id,
            _OPERATORS.name.label("operator_name"),
            C.epoch,
            C.version,
            C.seq,
            C.last_inbound_at,
            C.updated_at,
            C.preview,
            C.overdue_at,
            M.author.label("last_author"),
            M.status.label("last_status"),
            M.delivery.label("last_delivery"),
            H.opened_at,
            H.reason,
            CLOSED_AT.label("last_closed_at"),
            _LAST.c.outcome.label("last_outcome"),
            _CLOSER.c.name.label("closer_name"),
            and_(*_is_closed()).label("is_closed"),
            *more,
        )
        .select_from(_joined())
        .join(table_of(ContactRow), _CONTACTS.id == C.contact_id)
    )


def _joined() -> FromClause:
    latest = (
        select(H.id)
        .where(H.conversation_id == C.id)
        .order_by(H.opened_at.desc(), H.id.desc())
        .limit(1)
        .correlate(table_of(ConversationRow))
        .scalar_subquery()
    )
    return (
        table_of(ConversationRow)
        .outerjoin(_PEOPLE, _OPERATORS.id == C.operator_id)
        .outerjoin(_HANDOFFS, H.id == C.handoff_id)
        .outerjoin(table_of(MessageRow), IS_LAST)
        .outerjoin(_LAST, and_(_LAST.c.conversation_id == C.id, _LAST.c.id == latest))
        .outerjoin(_CLOSER, _CLOSER.c.id == _LAST.c.operator_id)
    )


def _is_closed() -> tuple[ColumnElement[bool], ...]:
    # The last handoff ended for good, and the customer has not written since.
    return (
        C.owner == "bot",
        C.inbound_seq <= C.note_seq,
        CLOSED_AT.is_not(None),
        _LAST.c.outcome != "returned",
    )


def members(view: View, reader: OperatorId) -> tuple[ColumnElement[bool], ...]:
    match view:
        case "all":
            return ()
        case "mine":
            return C.operator_id == reader, C.owner.in_(_OWNED)
        case "human":
            return (C.owner.in_(_OWNED),)
        case "closed":
            return _is_closed()
        case "waiting":
            return (C.owner == "waiting",)
        case "bot":
            return C.owner == "bot", not_(and_(*_is_closed()))


def summary(row: RowMapping) -> dict[str, Any]:
    """Return the fields of a `Conversation`."""
    waiting = row["owner"] == "waiting"
    return {
        "id": row["id"],
        "customer": row["customer"],
        "profile_name": row["profile_name"],
        "owner": Owner(row["owner"], row["operator_id"], row["operator_name"]),
        "epoch": row["epoch"],
        "version": row["version"],
        "seq": row["seq"],
        "last_inbound_at": row["last_inbound_at"],
        "updated_at": row["updated_at"],
        "preview": row["preview"],
        "last": _last(row),
        "waiting_since": (row["opened_at"] or row["updated_at"]) if waiting else None,
        "overdue_at": row["overdue_at"],
        "handoff_reason": row["reason"],
        "closed": _closing(row),
    }


def _last(row: RowMapping) -> LastMessage | None:
    if row["last_author"] is None:
        return None
    told = row["last_delivery"] in get_args(Receipt)
    return LastMessage(row["last_author"], row["last_delivery" if told else "last_status"])


def _closing(row: RowMapping) -> Closing | None:
    if not row["is_closed"]:
        return None
    return Closing(row["last_closed_at"], row["last_outcome"], row["closer_name"])


def handoff(row: RowMapping) -> Handoff | None:
    if row["handoff_id"] is None:
        return None
    return Handoff(
        id=row["handoff_id"],
        reason=row["reason"],
        opened_at=row["opened_at"],
        claimed_at=row["claimed_at"],
        granted_at=row["granted_at"],
    )
