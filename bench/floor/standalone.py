"""Webhook in, one durable SQLite commit, answer; then, with `STUB_URL`, one POST out.

WAL with `synchronous=FULL` and group commit: what arrives while one commit runs shares the next.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing

from bench.floor.posting import event_of, posting
from bench.floor.serving import Handle, serve


class Journal:
    """One writer, in a thread of its own while it commits."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, event: bytes) -> None:
        """Return once it is on the disk."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            await asyncio.to_thread(self._commit, [(event,) for event, _ in taken])
            for _, done in taken:
                done.set_result(None)
        self._writing = None

    def _commit(self, rows: Sequence[tuple[bytes]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT INTO events (body) VALUES (?)", rows)
        self._db.execute("COMMIT")


@asynccontextmanager
async def opened() -> AsyncGenerator[Handle]:
    path = os.environ["FLOOR_DB"]
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with closing(connection) as db:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE events (number INTEGER PRIMARY KEY, body BLOB)",
        ):
            db.execute(statement)
        journal = Journal(db)
        leaving: set[asyncio.Task[None]] = set()
        async with posting() as post:

            async def handle(body: bytes) -> None:
                event = event_of(body)
                await journal.add(event)
                task = asyncio.ensure_future(post(event))
                leaving.add(task)
                task.add_done_callback(leaving.discard)

            yield handle


if __name__ == "__main__":
    serve(opened())
