"""Which restores there were: written by the command line while nothing runs, read once."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_common.database import Database
from handoff_common.tables import RestoreRow
from handoff_outbound.domain.restore import Restore


class DatabaseRestores:
    """They can't change while a process runs: its database is not put back under it."""

    def __init__(self) -> None:
        self._known: Sequence[Restore] | None = None

    async def known(self, connection: AsyncConnection) -> Sequence[Restore]:
        if self._known is None:
            rows = (await connection.execute(select(RestoreRow))).all()
            self._known = [Restore(row.taken_at, row.restored_at) for row in rows]
        return self._known


async def remember(database: Database, restore: Restore) -> None:
    """Write down that the database was put back. Raises `AwayError`."""
    async with database.write() as connection:
        row = RestoreRow(restored_at=restore.restored_at, taken_at=restore.taken_at)
        await connection.execute(database.insert_new(RestoreRow).values(row.model_dump()))
