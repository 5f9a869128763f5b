"""The send ledger in the database.

Lock order, everywhere: the conversation's row, then rows of the ledger. READ COMMITTED: what a
decision sees is read in statements of its own, after the lock; in one with it, it would be older.
By the machine's clock: moving the business forward must not make an attempt old that is on its way.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, Row, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from handoff_common.database import Database, execute_many, table_of
from handoff_common.tables import ConversationRow, MessageReportRow, MessageRow, SendRow
from handoff_common.timing import WINDOW
from handoff_outbound.adapters.restores import DatabaseRestores
from handoff_outbound.adapters.rows import attempt_of, fixed_values, key_values, moving_values
from handoff_outbound.domain.attempt import UNRESOLVED, Attempt, Errand, Key
from handoff_outbound.domain.sight import (
    Choose,
    Claim,
    Fence,
    Leave,
    Look,
    Settle,
    Sight,
    Verdict,
)

_SENDS = table_of(SendRow)
_REPORTS_LATE = timedelta(days=2)
"""How long after the last check a report is looked for; Twilio queues for 4 hours at most."""
_MARK = (
    update(_SENDS)
    .where(
        _SENDS.c.message_id == bindparam("of_message"),
        _SENDS.c.attempt == bindparam("of_attempt"),
        # A state has one result: a newer one that is unpublished must not lose its mark.
        _SENDS.c.state == bindparam("of_state"),
    )
    .values(unpublished=False)
)


class LedgerConflictError(Exception):
    """Somebody changed a row without the conversation's lock: a bug."""


class DatabaseLedger:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._restores = DatabaseRestores()

    async def decide(
        self, key: Key, choose: Choose, *, listed: Collection[str] = (), wait: bool = True
    ) -> Verdict:
        """See `handoff_outbound.handlers.sending.Ledger`."""
        async with self._database.write() as connection:
            locked = await self._lock(connection, key, wait=wait)
            if locked is None:
                return Leave()
            sight = await self._look(connection, key, locked, listed)
            verdict = choose(sight)
            if isinstance(verdict, Claim | Settle | Look):
                await _store(connection, verdict.attempt, sight.attempts.get(key.attempt))
        return verdict

    async def errands(self, limit: int) -> Sequence[Errand]:
        """Return attempts that are due, and unresolved ones of which a report has come."""
        named = select(
            col(SendRow.conversation_id),
            col(SendRow.message_id),
            col(SendRow.attempt),
            col(SendRow.business),
        ).limit(limit)
        reported = and_(
            col(MessageReportRow.message_id) == col(SendRow.message_id),
            col(MessageReportRow.attempt) == col(SendRow.attempt),
        )
        async with self._database.read() as connection:
            now = await self._database.machine_now(connection)
            due = await _rows(
                connection,
                named.where(col(SendRow.next_at) <= now).order_by(col(SendRow.next_at)),
            )
            proved = await _rows(
                connection,
                named.join(MessageReportRow, reported).where(
                    col(SendRow.state).in_(["doubtful", "unknown"]),
                    col(SendRow.updated_at) > now - _REPORTS_LATE,
                ),
            )
        keys = {
            Key(row.conversation_id, row.message_id, row.attempt): row.business
            for row in (*proved, *due)
        }
        return [Errand(key, business) for key, business in keys.items()]

    async def refusals(self) -> Mapping[int, int]:
        """Return how many messages wait because our configuration was refused, by Twilio's code."""
        code, is_open = col(SendRow.code), col(SendRow.next_at).is_not(None)
        counted = (
            select(code, func.count().label("messages"))
            .where(is_open, code.is_not(None))
            .group_by(code)
        )
        async with self._database.read() as connection:
            return {row.code: row.messages for row in await _rows(connection, counted)}

    async def unpublished(self, age: timedelta, limit: int) -> Sequence[Attempt]:
        """Return attempts whose result was stored this long ago, and perhaps never published."""
        async with self._database.read() as connection:
            now = await self._database.machine_now(connection)
            rows = await _rows(
                connection,
                select(SendRow)
                .where(col(SendRow.unpublished), col(SendRow.updated_at) < now - age)
                .order_by(col(SendRow.updated_at))
                .limit(limit),
            )
        return [attempt_of(row) for row in rows]

    async def mark_published(self, attempts: Sequence[Attempt]) -> None:
        """Mark results as published, unless a newer result has taken their place."""
        rows = [
            {"of_message": a.key.message_id, "of_attempt": a.key.attempt, "of_state": a.state}
            for a in sorted(attempts, key=lambda a: a.key)  # one order: two replicas can't deadlock
        ]
        async with self._database.write() as connection:
            await execute_many(connection, _MARK, rows)

    async def _lock(self, connection: AsyncConnection, key: Key, *, wait: bool) -> Row[Any] | None:
        queued = select(col(MessageRow.created_at)).where(col(MessageRow.id) == key.message_id)
        statement = (
            select(
                col(ConversationRow.epoch),
                col(ConversationRow.window_id),
                col(ConversationRow.last_inbound_at),
                queued.scalar_subquery().label("queued_at"),  # never changes: any snapshot will do
            )
            .where(col(ConversationRow.id) == key.conversation_id)
            .with_for_update(skip_locked=not wait)
        )
        rows = await _rows(connection, statement)
        if not rows and wait:
            raise LookupError(f"conversation {key.conversation_id}")
        return rows[0] if rows else None

    async def _look(
        self, connection: AsyncConnection, key: Key, locked: Row[Any], listed: Collection[str]
    ) -> Sight:
        attempts = await _rows(
            connection,
            select(SendRow)
            .where(col(SendRow.message_id) == key.message_id)
            .order_by(col(SendRow.attempt)),
        )
        reports = await _rows(
            connection,
            select(col(MessageReportRow.attempt), col(MessageReportRow.message_sid)).where(
                col(MessageReportRow.message_id) == key.message_id
            ),
        )
        others = await _others(connection, key, listed) if listed else ()
        return Sight(
            now=await self._database.machine_now(connection),
            fence=Fence(locked.epoch, locked.window_id),
            attempts={row.attempt: attempt_of(row) for row in attempts},
            reports={row.attempt: row.message_sid for row in reports},
            others=[attempt_of(row) for row in others],
            restores=await self._restores.known(connection),
            queued_at=self._machine_time(locked.queued_at),
            closes_at=self._machine_time(locked.last_inbound_at, WINDOW),
        )

    def _machine_time(
        self, moment: datetime | None, later: timedelta = timedelta(0)
    ) -> datetime | None:
        """Return when that is, or was, by the machine's clock; if it was moved since, earlier."""
        return None if moment is None else moment + later - self._database.ahead


async def _others(
    connection: AsyncConnection, key: Key, listed: Collection[str]
) -> Sequence[Row[Any]]:
    """Return who owns these Sids, in whatever conversation, and this conversation's unresolved."""
    unresolved = and_(
        col(SendRow.conversation_id) == key.conversation_id,
        col(SendRow.state).in_(sorted(UNRESOLVED)),
    )
    return await _rows(
        connection,
        select(SendRow).where(
            col(SendRow.message_id) != key.message_id,
            or_(col(SendRow.message_sid).in_(sorted(listed)), unresolved),
        ),
    )


async def _store(connection: AsyncConnection, attempt: Attempt, before: Attempt | None) -> None:
    moving = moving_values(attempt)
    if before is None:
        values = {**key_values(attempt.key), **fixed_values(attempt), **moving}
        await connection.execute(_SENDS.insert().values(values))
        return
    statement = update(_SENDS).where(
        _SENDS.c.message_id == attempt.key.message_id,
        _SENDS.c.attempt == attempt.key.attempt,
        _SENDS.c.claim == before.claim,
        _SENDS.c.state == before.state,
    )
    result = await connection.execute(statement.values(moving))
    if result.rowcount != 1:
        raise LedgerConflictError(str(attempt.key.message_id))


async def _rows(connection: AsyncConnection, statement: Executable) -> Sequence[Row[Any]]:
    return (await connection.execute(statement)).all()
