"""Deadlines in the database, each by the clock that it was set by."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from handoff_common.database import Database, execute_many, table_of
from handoff_common.events import TimerFired
from handoff_common.ids import timer_id
from handoff_common.tables import TimerRow
from handoff_router.domain.changes import MACHINE_TIMERS

LEASE = timedelta(seconds=10)
"""A poller that dies between leasing and publishing makes a deadline this much late."""
HANDLING = timedelta(hours=1)
"""A published deadline that nobody handled (a dead letter) comes up again."""


class DatabaseTimers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, limit: int) -> Sequence[TimerFired]:
        """Lease deadlines that have passed. Raises `AwayError`."""
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            machine = now - self._database.ahead
            mechanical = col(TimerRow.kind).in_(sorted(MACHINE_TIMERS))
            passed = and_(
                col(TimerRow.due_at) <= now,
                or_(~mechanical, col(TimerRow.due_at) <= machine),
                or_(col(TimerRow.leased_until).is_(None), col(TimerRow.leased_until) < machine),
            )
            probe = select(col(TimerRow.kind)).where(passed).limit(1)
            if (await connection.execute(probe)).first() is None:
                return ()  # the usual case, without a writing transaction
        async with self._database.write() as connection:
            found = await connection.execute(
                select(TimerRow)
                .where(passed)
                .order_by(col(TimerRow.due_at))
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            fired = [
                TimerFired(
                    id=timer_id(row.conversation_id, row.kind, row.generation),
                    time=now,
                    trace=row.trace,
                    conversation_id=row.conversation_id,
                    kind=row.kind,
                    generation=row.generation,
                )
                for row in found.all()
            ]
            await _lease(connection, fired, machine + LEASE)
        return fired

    async def published(self, fired: Sequence[TimerFired]) -> None:
        """Keep them from being published again. Raises `AwayError`."""
        async with self._database.write() as connection:
            machine = await self._database.machine_now(connection)
            await _lease(connection, fired, machine + HANDLING)


async def _lease(connection: AsyncConnection, fired: Sequence[TimerFired], until: datetime) -> None:
    table = table_of(TimerRow)
    statement = (
        update(table)
        .where(
            table.c.conversation_id == bindparam("conversation"),
            table.c.kind == bindparam("which"),
            table.c.generation == bindparam("number"),
        )
        .values(leased_until=bindparam("until"))
    )
    rows: list[dict[str, UUID | str | int | datetime]] = [
        {
            "conversation": timer.conversation_id,
            "which": timer.kind,
            "number": timer.generation,
            "until": until,
        }
        for timer in sorted(fired, key=lambda timer: (timer.conversation_id, timer.kind))
    ]
    # In key order, as the router writes them: two who lock the same rows never wait crosswise.
    await execute_many(connection, statement, rows)
