"""One database, PostgreSQL or SQLite, and the only place that knows the difference.

SQLite: the driver's default transactions lose updates without an error, so every writing one is
`BEGIN IMMEDIATE`; and several writing connections spin in the busy handler (57 against 95 events/s
measured), so there is one, taken in turn. `synchronous=FULL`: a commit is on the disk.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Executable, Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import SQLModel

from handoff_common.clock import Clock
from handoff_common.errors import AwayError

# Connection exceptions, operator intervention, no resources, serialization and deadlock, a login or
# a database that is not there (yet: a password is being changed), a lock that was not free in time,
# and a server that only reads (a failover is not over).
_PASSING_STATES = ("08", "57", "53", "40", "28", "3D", "55P03", "25006")
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)


class Database:
    """Writing and reading transactions.

    Raises `AwayError` when the server is away, or asks to try again (deadlock, busy).
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        wait_seconds: float = 5,
        clock: Clock | None = None,
    ) -> None:
        """Take `postgresql://…`, `postgres://…` or `sqlite:///path`; drivers are chosen here.

        What doesn't connect, isn't free or stays locked for `wait_seconds` is away. SQLite has no
        clock: there `clock` is the time. PostgreSQL has one that nobody moves.
        """
        self._clock = clock or Clock()
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path = parsed.database or ""
        if self.is_sqlite:
            parsed = parsed.set(drivername="sqlite+aiosqlite")
            self._writer = _sqlite_engine(str(parsed), 1, wait_seconds)
            self._reader = _sqlite_engine(str(parsed), 4, wait_seconds)
        else:
            parsed = parsed.set(drivername="postgresql+asyncpg")
            # hide_parameters: the text of an error must not quote what a customer wrote.
            self._writer = self._reader = create_async_engine(
                parsed,
                hide_parameters=True,
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=wait_seconds,
                pool_pre_ping=False,
                isolation_level="READ COMMITTED",  # lock first, read second: needs fresh snapshots
                connect_args={
                    "timeout": wait_seconds,
                    "command_timeout": 30,
                    "prepared_statement_cache_size": 500,  # lists of 1 to 64 are as many texts
                },
            )
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """Run one writing transaction: commit when the block ends, roll back when it raises."""
        if not self.is_sqlite:
            async with _translated(), self._writer.begin() as connection:
                yield connection
            return
        async with self._turn, _translated(), self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection to read from; a statement sees what is committed when it starts."""
        async with _translated(), self._reader.connect() as connection:
            yield connection

    @property
    def ahead(self) -> timedelta:
        """How far `now` is ahead of `machine_now`."""
        return self._clock.ahead if self.is_sqlite else timedelta(0)

    async def now(self, connection: AsyncConnection) -> datetime:
        """Return the business's time: what people read, and their deadlines."""
        return await self.machine_now(connection) + self.ahead

    async def machine_now(self, connection: AsyncConnection) -> datetime:
        """Return the time that nobody moves: for leases, attempts and sessions."""
        if self.is_sqlite:
            return self._clock.machine_now()
        moment = await connection.scalar(select(func.clock_timestamp()))
        return cast("datetime", moment)

    async def ping(self) -> None:
        """Return if the database answers; raises `AwayError`."""
        async with self.read() as connection:
            await connection.scalar(select(1))

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()

    def insert(self, table: type[SQLModel]) -> postgresql.Insert:
        """Return an insert that knows `on_conflict_…` (alike in both dialects)."""
        if self.is_sqlite:
            return cast("postgresql.Insert", sqlite.insert(table_of(table)))
        return postgresql.insert(table_of(table))

    def insert_new(self, table: type[SQLModel]) -> postgresql.Insert:
        """Return an insert that leaves rows alone which are there already, by any unique key."""
        return self.insert(table).on_conflict_do_nothing()


def table_of(model: type[SQLModel]) -> Table:
    """Return the table that a model describes."""
    return cast("Table", cast("Any", model).__table__)


async def execute_many(
    connection: AsyncConnection, statement: Executable, rows: Sequence[dict[str, Any]]
) -> None:
    """Run one statement for many rows in one round trip; for none, nothing."""
    if rows:
        await connection.execute(statement, list(rows))


def _sqlite_engine(url: str, pool_size: int, wait_seconds: float) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"timeout": wait_seconds},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]  # registered
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if pool_size == 1:

        @event.listens_for(engine.sync_engine, "begin")
        def _begun(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]  # registered
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@asynccontextmanager
async def _translated() -> AsyncGenerator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_away(error):
            raise AwayError(f"{type(error.orig).__name__} {_state(error)}".strip()) from error
        raise
    except (PoolTimeout, OSError) as error:  # OSError: lost connections and timeouts, too
        raise AwayError(type(error).__name__) from error


def _is_away(error: DBAPIError) -> bool:
    """Say whether it is the server's trouble and not the statement's.

    Not by the class: asyncpg has an `InterfaceError` for a closed connection, and for a parameter
    that it can't encode.
    """
    if isinstance(error.orig, sqlite3.Error):
        code: int = getattr(error.orig, "sqlite_errorcode", 0)
        return code & 0xFF in _BUSY  # the rest of an extended code says why
    return error.connection_invalidated or _state(error).startswith(_PASSING_STATES)


def _state(error: DBAPIError) -> str:
    """Return the SQLSTATE; empty where the server did not give one."""
    return str(getattr(error.orig, "sqlstate", "") or "")
