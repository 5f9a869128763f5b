"""The record on disk: what was accepted, in its order, in an SQLite file of its own.

`synchronous=FULL`: what was told to anybody is on the disk. One thread writes; what arrives while
it commits goes into its next commit, so that many requests share one fsync.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from handoff_common.lifecycle import running
from handoff_simulator.adapters import rows
from handoff_simulator.domain.listing import Wanted
from handoff_simulator.domain.message import Message, Phone, Status
from handoff_simulator.domain.policy import Outcome

T = TypeVar("T")
_Job = tuple[Callable[[sqlite3.Connection], object], asyncio.Future[object]]


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator["Store"]:
    """Open the record, made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(_connected(path)) as writing, closing(_connected(path)) as reading:
        rows.prepare(writing)
        store = Store(writing, reading)
        with store.writer, store.reader:
            async with running(("record", store.write_loop())):
                yield store


class Store:
    """Reads and writes of the record. Raises `sqlite3.Error` when the disk does."""

    def __init__(self, writing: sqlite3.Connection, reading: sqlite3.Connection) -> None:
        self.writer = ThreadPoolExecutor(1, "record-writer")
        self.reader = ThreadPoolExecutor(1, "record-reader")
        self._writing = writing
        self._reading = reading
        self._jobs: list[_Job] = []
        self._wake = asyncio.Event()
        self._wrote = rows.last_wrote(reading)
        self.ahead = rows.ahead(reading)
        """How far the clock had been moved when the record was opened."""

    def last_wrote(self, customer: str, business: str) -> datetime | None:
        """Return when this customer last wrote to this sender of ours, by the phones' time."""
        return self._wrote.get((customer, business))

    async def accept(self, message: Message) -> tuple[Message, bool]:
        """Store a message for good; return it with its number, and whether it is new.

        A SID that is there already stays as it is.
        """
        number = await self._write(lambda db: rows.insert(db, message))
        if number is None:
            known = await self.by_sid(message.sid)
            if known is None:
                raise LookupError(message.sid)
            return known, False
        if message.direction == "inbound":
            self._wrote[message.sender, message.recipient] = message.shown_at
        return replace(message, number=number), True

    async def advance(self, sid: str, status: Status, code: int | None, now: datetime) -> None:
        """Store a new status of an outgoing message."""
        await self._write(lambda db: rows.advance(db, sid, status, code, now))

    async def settle(self, sid: str, outcome: Outcome) -> None:
        """Store how the delivery of a customer's message to the webhook ended."""
        await self._write(lambda db: rows.settle(db, sid, outcome))

    async def forward(self, by: timedelta) -> timedelta:
        """Move the clock for good; return how far it is ahead."""
        return await self._write(lambda db: rows.forward(db, by))

    async def erase(self) -> None:
        """Forget every message; their numbers and the clock go on."""
        await self._write(rows.erase)
        self._wrote.clear()

    async def by_sid(self, sid: str) -> Message | None:
        return await self._read(lambda db: rows.by_sid(db, sid))

    async def page(self, asked: Wanted) -> tuple[Sequence[Message], bool]:
        """Return a page, newest first, and whether another one follows in its direction."""
        return await self._read(lambda db: rows.page(db, asked))

    async def of_phone(self, address: str, after: int, limit: int) -> Sequence[Message]:
        """Return what a phone wrote and received, in the order of acceptance."""
        return await self._read(lambda db: rows.of_phone(db, address, after, limit))

    async def accepted(self, after: int, limit: int) -> Sequence[Message]:
        """Return what was accepted from us, in the order of acceptance."""
        return await self._read(lambda db: rows.accepted(db, after, limit))

    async def phones(self) -> Sequence[Phone]:
        return await self._read(rows.phones)

    async def unfinished(self) -> Sequence[Message]:
        """Return what was on its way when the process ended: statuses to come, open webhooks."""
        return await self._read(rows.unfinished)

    async def ping(self) -> None:
        await self._read(lambda db: db.execute("SELECT 1").fetchone())

    async def write_loop(self) -> None:
        """Commit what was asked for, as many at a time as there are; for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            jobs, self._jobs = self._jobs, []
            try:
                results = await loop.run_in_executor(self.writer, self._commit, jobs)
            except sqlite3.Error as error:
                for _, future in jobs:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(jobs, results, strict=True):
                if not future.done():
                    future.set_result(result)

    def _commit(self, jobs: Sequence[_Job]) -> list[object]:
        self._writing.execute("BEGIN IMMEDIATE")
        try:
            results = [work(self._writing) for work, _ in jobs]
            self._writing.execute("COMMIT")
        except BaseException:
            self._writing.execute("ROLLBACK")
            raise
        return results

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        result: list[T] = []
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._jobs.append((lambda db: result.append(work(db)), future))
        self._wake.set()
        await future
        return result[0]

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.reader, work, self._reading)


def _connected(path: Path) -> sqlite3.Connection:
    # Each connection is used by one thread at a time; SQLite's check only knows who opened it.
    db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    return db
