"""Starts of redelivered events, in the database of the service that handles them."""

from collections.abc import Collection, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import delete

from handoff_common.database import Database, table_of
from handoff_common.tables import BotStartRow, OutboundStartRow, RouterStartRow


class DatabaseStarts:
    """`Starts` on a table of the service's own."""

    def __init__(
        self, database: Database, table: type[RouterStartRow | OutboundStartRow | BotStartRow]
    ) -> None:
        self._database = database
        self._table = table

    async def begin_first(self, queue: str, event_ids: Sequence[UUID]) -> Collection[UUID]:
        """Record a start of each event that has none; return those. Raises `AwayError`."""
        async with self._database.write() as connection:
            now = await self._database.now(connection)
            rows = [
                {"event_id": event_id, "queue": queue, "count": 1, "started_at": now}
                for event_id in sorted(event_ids)  # one order: two replicas can't deadlock
            ]
            statement = self._database.insert_new(self._table).values(rows)
            found = await connection.scalars(statement.returning(table_of(self._table).c.event_id))
            return frozenset(found)

    async def begin(self, queue: str, event_id: UUID) -> int:
        """Record a start; return how many have not ended. Raises `AwayError`."""
        columns = table_of(self._table).c
        async with self._database.write() as connection:
            now = await self._database.machine_now(connection)
            statement = (
                self._database.insert(self._table)
                .values(event_id=event_id, queue=queue, count=1, started_at=now)
                .on_conflict_do_update(
                    index_elements=[columns.event_id, columns.queue],
                    set_={"count": columns["count"] + 1, "started_at": now},
                )
                .returning(columns["count"])
            )
            return cast("int", await connection.scalar(statement))

    async def end(self, queue: str, event_ids: Sequence[UUID]) -> None:
        """Forget the starts of events. Raises `AwayError`."""
        columns = table_of(self._table).c
        async with self._database.write() as connection:
            await connection.execute(
                delete(table_of(self._table)).where(
                    columns.event_id.in_(event_ids), columns.queue == queue
                )
            )
