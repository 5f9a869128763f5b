"""The database's version: raised by one command, checked by every service at start."""

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, func, select
from sqlalchemy.engine import Connection

from handoff_common import roles
from handoff_common.database import Database
from handoff_common.messaging.embedded.tables import EMBEDDED_TABLES
from handoff_common.tables import METADATA

HEAD = "0004"
"""The revision that this release works with."""
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x68616E64  # any number, the same in all releases; advisory locks are per database


# Alembic's `op` is one per process: upgrades of different databases must not interleave either.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class SchemaError(Exception):
    """The database is not at the revision that this release works with."""


async def upgrade(url: str) -> str:
    """Bring the database to `HEAD`, roles and grants too; return the revision.

    One transaction: all of it or nothing. Two at once take turns; the second finds nothing to do.
    Raises `SchemaError` for a database of a newer release, which stays as it is.
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
    """Return the database's revision; None if it was never migrated."""
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


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, for this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def published_metadata(*, embedded: bool) -> MetaData:
    """Return the published tables, with or without those of the embedded broker (SQLite only)."""
    metadata = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        if embedded or table not in EMBEDDED_TABLES:
            table.to_metadata(metadata)
    return metadata


def _upgrade(connection: Connection) -> None:
    config, found = configuration(connection), _current(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"the database is at revision {found}, which this release does not know:"
            " a newer one has worked on it, go on with that"
        )
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
