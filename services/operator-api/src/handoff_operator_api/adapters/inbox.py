"""Reading conversations: the rows that the router wrote, so there is no projection to go stale.

Every list is read by keyset: what a page costs does not depend on how far down it is.
"""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, Tuple, func, literal, select, tuple_

from handoff_common.database import Database, table_of
from handoff_common.ids import OperatorId
from handoff_common.tables import ContactRow, ConversationRow, HandoffRow, OperatorRow
from handoff_operator_api.domain.cursor import Position
from handoff_operator_api.domain.inbox import (
    Conversation,
    Counts,
    Handoff,
    Owner,
    Thread,
    View,
    window_open_until,
)

_C, _H = table_of(ConversationRow).c, table_of(HandoffRow).c
_CONTACTS, _OPERATORS = table_of(ContactRow).c, table_of(OperatorRow).c
_OWNED = ("claiming", "human")
_Rows: TypeAlias = Select[*tuple[Any, ...]]

# `waiting` comes from the conversation, not from the handoff: nobody who waits may be left out.
_WAITING_SINCE = func.coalesce(_H.opened_at, _C.updated_at, type_=_C.updated_at.type)


class Inbox:
    """Conversations as operators read them. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, view: View, reader: OperatorId, *, start: Position | None, limit: int
    ) -> list[Conversation]:
        """Return up to `limit` conversations of a view that come after `start`.

        The longest wait first among those waiting, everywhere else what changed last.
        """
        statement = _rows().where(*_members(view, reader)).limit(limit)
        if view == "waiting":
            statement = statement.order_by(_WAITING_SINCE, _C.id)
            if start is not None:
                statement = statement.where(_key(_WAITING_SINCE) > _value(start))
        else:
            statement = statement.order_by(_C.updated_at.desc(), _C.id.desc())
            if start is not None:
                statement = statement.where(_key(_C.updated_at) < _value(start))
        return await self._conversations(statement)

    async def changed(
        self, since: datetime, *, start: Position | None, limit: int
    ) -> tuple[datetime, list[Conversation]]:
        """Return what changed since a moment, oldest change first, and the time just before."""
        statement = _rows().where(_C.updated_at >= since)
        if start is not None:
            statement = statement.where(_key(_C.updated_at) > _value(start))
        async with self._database.read() as connection:
            now = await self._database.now(connection)
        ordered = statement.order_by(_C.updated_at, _C.id).limit(limit)
        return now, await self._conversations(ordered)

    async def thread(self, conversation: UUID) -> Thread | None:
        """Return one conversation, or None."""
        statement = _rows(
            _C.business,
            _C.created_at,
            _C.last_inbound_at,
            _C.opted_out,
            _C.note,
            _H.id.label("handoff_id"),
            _H.claimed_at,
            _H.granted_at,
        ).where(_C.id == conversation)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        if row is None:
            return None
        return Thread(
            **_summary(row),
            business=row["business"],
            created_at=row["created_at"],
            window_open_until=window_open_until(row["last_inbound_at"]),
            opted_out=row["opted_out"],
            note=row["note"],
            handoff=_handoff(row),
        )

    async def counts(self, reader: OperatorId) -> Counts:
        """Return how many wait, since when, and how many the reader has; each by an index."""
        mine = select(func.count()).select_from(table_of(ConversationRow))
        waiting = (
            select(func.count(), func.min(_WAITING_SINCE))
            .select_from(table_of(ConversationRow))
            .outerjoin(table_of(HandoffRow), _H.id == _C.handoff_id)
            .where(*_members("waiting", reader))
        )
        async with self._database.read() as connection:
            count, since = (await connection.execute(waiting)).one()
            owned = await connection.scalar(mine.where(*_members("mine", reader)))
        return Counts(waiting=count, mine=owned or 0, oldest_waiting_since=since)

    async def _conversations(self, statement: _Rows) -> list[Conversation]:
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [Conversation(**_summary(row)) for row in rows]


def _rows(*more: ColumnElement[Any]) -> _Rows:
    """Select inbox rows: each conversation with its contact, its operator and its open handoff."""
    return (
        select(
            _C.id,
            _C.customer,
            _CONTACTS.profile_name,
            _C.owner,
            _C.operator_id,
            _OPERATORS.name.label("operator_name"),
            _C.epoch,
            _C.version,
            _C.seq,
            _C.updated_at,
            _C.preview,
            _H.opened_at,
            _H.reason,
            *more,
        )
        .join_from(table_of(ConversationRow), table_of(ContactRow), _CONTACTS.id == _C.contact_id)
        .outerjoin(table_of(OperatorRow), _OPERATORS.id == _C.operator_id)
        .outerjoin(table_of(HandoffRow), _H.id == _C.handoff_id)
    )


def _members(view: View, reader: OperatorId) -> tuple[ColumnElement[bool], ...]:
    match view:
        case "all":
            return ()
        case "mine":
            return _C.operator_id == reader, _C.owner.in_(_OWNED)
        case "human":
            return (_C.owner.in_(_OWNED),)
        case "waiting" | "bot":
            return (_C.owner == view,)


def _key(moment: ColumnElement[Any]) -> Tuple:
    return tuple_(moment, _C.id)


def _value(start: Position) -> Tuple:
    return tuple_(literal(start.moment, _C.updated_at.type), literal(start.id, _C.id.type))


def _summary(row: RowMapping) -> dict[str, Any]:
    waiting = row["owner"] == "waiting"
    return {
        "id": row["id"],
        "customer": row["customer"],
        "profile_name": row["profile_name"],
        "owner": Owner(row["owner"], row["operator_id"], row["operator_name"]),
        "epoch": row["epoch"],
        "version": row["version"],
        "seq": row["seq"],
        "updated_at": row["updated_at"],
        "preview": row["preview"],
        "waiting_since": (row["opened_at"] or row["updated_at"]) if waiting else None,
        "handoff_reason": row["reason"],
    }


def _handoff(row: RowMapping) -> Handoff | None:
    if row["handoff_id"] is None:
        return None
    return Handoff(
        id=row["handoff_id"],
        reason=row["reason"],
        opened_at=row["opened_at"],
        claimed_at=row["claimed_at"],
        granted_at=row["granted_at"],
    )
