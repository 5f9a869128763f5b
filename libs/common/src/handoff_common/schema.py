"""The database's version: raised by one command, checked by every service at start."""

import asyncio
from weakref import WeakKeyDictionary

from sqlalchemy import column, func, inspect, select, table
from sqlalchemy.engine import Connection

from handoff_common import roles
from handoff_common.database import Database

HEAD = "0006"
"""The revision that this release works with."""
ENCODED = "ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
"""How to create a PostgreSQL database into which every text fits, whatever the server's default."""
_VERSIONS = table("alembic_version", column("version_num"))
_LOCK = 0x68616E64  # any number, the same in all releases; advisory locks are per database


# Alembic's `op` is one per process: upgrades of different databases must not interleave either.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class SchemaError(Exception):
    """The database is not at the revision that this release works with."""


class EncodingError(SchemaError):
    """Not every text fits into the database: an accent, an emoji."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"the database's encoding is {encoding}, and customers write what only fits into UTF8:"
            f" create another one, CREATE DATABASE … {ENCODED}"
        )
        self.encoding = encoding


async def upgrade(url: str) -> str:
    """Bring the database to `HEAD`, roles and grants too; return the revision.

    One transaction: all of it or nothing. Two at once take turns; the second finds nothing to do.
    Raises `SchemaError` for a database of a newer release, or of a wrong encoding
    (`EncodingError`), which stays as it is.
    On PostgreSQL the user must own the database, and may create roles unless they exist.
    """
    database = Database(url)
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    try:
        async with turn, database.write() as connection:
            if not database.is_sqlite:
                await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            await connection.run_sync(_upgrade)
            if not database.is_sqlite:
                await roles.apply(connection)
    finally:
        await database.close()
    return HEAD


async def current(database: Database) -> str | None:
    """Return the database's revision; None if it was never migrated. Raises `EncodingError`."""
    async with database.read() as connection:
        return await connection.run_sync(_current)


async def check(database: Database) -> None:
    """Return if the database is at `HEAD`; else raise `SchemaError`, whose text says what to do."""
    found = await current(database)
    if found is None:
        raise SchemaError("the database is empty: run `handoff db upgrade`")
    if found != HEAD:
        raise SchemaError(
            f"the database is at revision {found} and this release needs {HEAD}:"
            " run `handoff db upgrade` of the newer release"
        )


def _upgrade(connection: Connection) -> None:
    found = _current(connection)
    if found == HEAD:
        return
    # Most starts have nothing to upgrade, and are a tenth faster without Alembic.
    from handoff_common import migrating  # noqa: PLC0415

    if found is not None and found not in migrating.known():
        raise SchemaError(
            f"the database is at revision {found}, which this release does not know:"
            " a newer one has worked on it, go on with that"
        )
    migrating.upgrade(connection)


def _current(connection: Connection) -> str | None:
    if connection.dialect.name != "sqlite":
        encoding = connection.scalar(select(func.current_setting("server_encoding")))
        if encoding != "UTF8":
            raise EncodingError(str(encoding))
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.scalar(select(_VERSIONS.c.version_num))
