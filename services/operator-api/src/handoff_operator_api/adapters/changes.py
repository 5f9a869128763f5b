"""Which conversations changed: what the live feed tells after a gap."""

from datetime import datetime, timedelta

from sqlalchemy import select

from handoff_common.database import Database, table_of
from handoff_common.tables import ConversationRow
from handoff_operator_api.domain.feed import Change

_C = table_of(ConversationRow).c


class Changes:
    """Reads versions, and nothing of what was said. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def ahead(self) -> timedelta:
        """How far the business is ahead of the machine."""
        return self._database.ahead

    async def now(self) -> datetime:
        """Return the business's time."""
        async with self._database.read() as connection:
            return await self._database.now(connection)

    async def since(self, moment: datetime, *, limit: int) -> tuple[datetime, list[Change]]:
        """Return the time just before, and what changed since a moment, oldest change first."""
        statement = (
            select(_C.id, _C.version, _C.owner, _C.operator_id, _C.updated_at)
            .where(_C.updated_at >= moment)
            .order_by(_C.updated_at, _C.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            rows = (await connection.execute(statement)).all()
        return now, [Change(*row) for row in rows]
