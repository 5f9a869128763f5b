"""The embedded broker's SQL, one method for each transaction."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy import RowMapping, bindparam, delete, func, insert, literal, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_common.database import Database, execute_many
from handoff_common.messaging.broker import DeadLetter
from handoff_common.messaging.embedded.tables import DEAD, DELAYED, MARKS, WAITING


@dataclass(frozen=True, slots=True)
class Event:
    """One event for one queue, as it is stored."""

    queue: str
    event_id: str
    type: str
    body: bytes
    attempt: int = 0
    reply_to: str = ""
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event in its queue, by its number."""

    number: int
    event: Event


@dataclass(slots=True)
class Change:
    """What is committed together."""

    publish: list[Event] = field(default_factory=list[Event])
    settle: list[int] = field(default_factory=list[int])
    delay: list[tuple[Event, int]] = field(default_factory=list[tuple[Event, int]])
    """With the Unix time in milliseconds when it is due."""
    bury: list[tuple[Event, str]] = field(default_factory=list[tuple[Event, str]])

    def add(self, other: "Change") -> None:
        self.publish += other.publish
        self.settle += other.settle
        self.delay += other.delay
        self.bury += other.bury


Cover: TypeAlias = Callable[[Sequence[Waiting]], dict[str, int]]
"""Which marks have to be set, by queue, before these may be handed out."""

_CONTENT = ("queue", "event_id", "type", "body", "attempt", "reply_to", "correlation")
_LAST_NUMBER = text("SELECT seq FROM sqlite_sequence WHERE name = 'embedded_waiting'")
_INSERT_WAITING = insert(WAITING)
_DELETE_WAITING = delete(WAITING).where(WAITING.c.number == bindparam("settled"))
_new_mark = sqlite.insert(MARKS)
_SET_MARK = _new_mark.on_conflict_do_update(
    set_={"delivered_to": func.max(MARKS.c.delivered_to, _new_mark.excluded.delivered_to)}
)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Store:
    """Every method raises `AwayError` when the database can't take or give it now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, change: Change, cover: Cover) -> tuple[list[Waiting], dict[str, int]]:
        """Commit a change with the marks that `cover` asks for; return what waits now, and them."""
        async with self._database.write() as connection:
            waiting = await _publish(connection, change.publish)
            marks = cover(waiting)
            await _set_marks(connection, marks)
            await execute_many(
                connection, _DELETE_WAITING, [{"settled": number} for number in change.settle]
            )
            await execute_many(
                connection,
                insert(DELAYED),
                [{**asdict(event), "due_ms": due} for event, due in change.delay],
            )
            died = now_ms()
            await execute_many(
                connection,
                insert(DEAD),
                [{**asdict(event), "reason": why, "died_ms": died} for event, why in change.bury],
            )
        return waiting, marks

    async def load(self, queue: str, *, after: int, limit: int) -> list[Waiting]:
        """Return the next events of a queue by number."""
        query = (
            select(WAITING)
            .where(WAITING.c.queue == queue, WAITING.c.number > after)
            .order_by(WAITING.c.number)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Waiting(row["number"], _event(row)) for row in rows]

    async def mark(self, queue: str) -> int:
        query = select(MARKS.c.delivered_to).where(MARKS.c.queue == queue)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def set_mark(self, queue: str, number: int) -> None:
        async with self._database.write() as connection:
            await _set_marks(connection, {queue: number})

    async def last_number(self) -> int:
        """Return the number of the last event that any process published."""
        async with self._database.read() as connection:
            return await connection.scalar(_LAST_NUMBER) or 0

    async def next_due_ms(self) -> int | None:
        async with self._database.read() as connection:
            return await connection.scalar(select(func.min(DELAYED.c.due_ms)))

    async def release_due(self, now: int) -> None:
        """Let what was put off until now wait in its queue again."""
        due = DELAYED.c.due_ms <= now
        again = select(*(DELAYED.c[name] for name in _CONTENT)).where(due)
        async with self._database.write() as connection:
            await connection.execute(
                insert(WAITING).from_select(_CONTENT, again.order_by(DELAYED.c.number))
            )
            await connection.execute(delete(DELAYED).where(due))

    async def count(self, queue: str) -> int:
        query = select(func.count()).select_from(WAITING).where(WAITING.c.queue == queue)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def dead_letters(self, queue: str, limit: int) -> list[DeadLetter]:
        query = select(DEAD).where(DEAD.c.queue == queue).order_by(DEAD.c.number).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            DeadLetter(
                id=row["event_id"],
                queue=row["queue"],
                type=row["type"],
                reason=row["reason"],
                died_at=datetime.fromtimestamp(row["died_ms"] / 1000, UTC),
                body=row["body"],
            )
            for row in rows
        ]

    async def replay(self, queue: str, ids: Sequence[str] | None) -> int:
        """Let dead letters wait in their queue again, as if they had never been tried."""
        chosen = DEAD.c.queue == queue
        if ids is not None:
            chosen &= DEAD.c.event_id.in_(ids)
        fresh = (literal(0) if name == "attempt" else DEAD.c[name] for name in _CONTENT)
        again = select(*fresh).where(chosen)
        async with self._database.write() as connection:
            await connection.execute(
                insert(WAITING).from_select(_CONTENT, again.order_by(DEAD.c.number))
            )
            gone = await connection.execute(delete(DEAD).where(chosen))
        return gone.rowcount


async def _publish(connection: AsyncConnection, events: Sequence[Event]) -> list[Waiting]:
    # We hold the only write lock, so numbers can be given out here: an executemany returns none.
    if not events:
        return []
    first = (await connection.scalar(_LAST_NUMBER) or 0) + 1
    waiting = [Waiting(number, event) for number, event in enumerate(events, first)]
    await connection.execute(
        _INSERT_WAITING, [{"number": item.number, **asdict(item.event)} for item in waiting]
    )
    return waiting


async def _set_marks(connection: AsyncConnection, marks: dict[str, int]) -> None:
    await execute_many(
        connection,
        _SET_MARK,
        [{"queue": queue, "delivered_to": number} for queue, number in marks.items()],
    )


def _event(row: RowMapping) -> Event:
    return Event(*(row[name] for name in _CONTENT))
