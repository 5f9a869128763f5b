"""Reading conversations: the rows that the router wrote, so there is no projection to go stale.

Every list is read by keyset: what a page costs does not depend on how far down it is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Tuple, case, func, literal, select, tuple_

from handoff_common.database import Database, table_of
from handoff_common.ids import OperatorId
from handoff_common.tables import ConversationRow, HandoffRow, MessageRow
from handoff_operator_api.adapters.inbox_rows import (
    CLOSED_AT,
    IS_LAST,
    WAITING_SINCE,
    C,
    H,
    M,
    Rows,
    handoff,
    members,
    rows,
    summary,
)
from handoff_operator_api.domain.cursor import Position
from handoff_operator_api.domain.inbox import Conversation, Counts, Thread, View, window_open_until


class Inbox:
    """Conversations as operators read them. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, view: View, reader: OperatorId, *, start: Position | None, limit: int
    ) -> list[Conversation]:
        """Return up to `limit` conversations of a view that come after `start`.

        The longest wait first among those waiting, everywhere else what changed (or was closed)
        last.
        """
        statement = rows().where(*members(view, reader)).limit(limit)
        if view == "waiting":
            statement = statement.order_by(WAITING_SINCE, C.id)
            if start is not None:
                statement = statement.where(_key(WAITING_SINCE) > _value(start))
        else:
            moment = CLOSED_AT if view == "closed" else C.updated_at
            statement = statement.order_by(moment.desc(), C.id.desc())
            if start is not None:
                statement = statement.where(_key(moment) < _value(start))
        return await self._conversations(statement)

    async def changed(
        self, since: datetime, *, start: Position | None, limit: int
    ) -> tuple[datetime, list[Conversation]]:
        """Return what changed since a moment, oldest change first, and the time just before."""
        statement = rows().where(C.updated_at >= since)
        if start is not None:
            statement = statement.where(_key(C.updated_at) > _value(start))
        async with self._database.read() as connection:
            now = await self._database.now(connection)
        ordered = statement.order_by(C.updated_at, C.id).limit(limit)
        return now, await self._conversations(ordered)

    async def thread(self, conversation: UUID) -> Thread | None:
        """Return one conversation, or None."""
        statement = rows(
            C.business,
            C.created_at,
            C.opted_out,
            C.note,
            H.id.label("handoff_id"),
            H.claimed_at,
            H.granted_at,
        ).where(C.id == conversation)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        if row is None:
            return None
        return Thread(
            **summary(row),
            business=row["business"],
            created_at=row["created_at"],
            window_open_until=window_open_until(row["last_inbound_at"]),
            opted_out=row["opted_out"],
            note=row["note"],
            handoff=handoff(row),
        )

    async def counts(self, reader: OperatorId) -> Counts:
        """Return how many wait, since when, and what the reader has; each by an index."""
        unanswered = func.count(case((M.author != "operator", 1)))
        mine = (
            select(func.count(), unanswered)
            .select_from(table_of(ConversationRow))
            .outerjoin(table_of(MessageRow), IS_LAST)
            .where(*members("mine", reader))
        )
        waiting = (
            select(func.count(), func.min(WAITING_SINCE))
            .select_from(table_of(ConversationRow))
            .outerjoin(table_of(HandoffRow), H.id == C.handoff_id)
            .where(*members("waiting", reader))
        )
        async with self._database.read() as connection:
            count, since = (await connection.execute(waiting)).one()
            owned, owed = (await connection.execute(mine)).one()
        return Counts(waiting=count, mine=owned, unanswered=owed, oldest_waiting_since=since)

    async def _conversations(self, statement: Rows) -> list[Conversation]:
        async with self._database.read() as connection:
            found = (await connection.execute(statement)).mappings().all()
        return [Conversation(**summary(row)) for row in found]


def _key(moment: ColumnElement[Any]) -> Tuple:
    return tuple_(moment, C.id)


def _value(start: Position) -> Tuple:
    return tuple_(literal(start.moment, C.updated_at.type), literal(start.id, C.id.type))
