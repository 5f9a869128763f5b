"""Alembic on a connection of ours: imported only where there is something to do."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from handoff_common.messaging.embedded.tables import EMBEDDED_TABLES
from handoff_common.tables import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run what is missing up to the last revision, in the connection's transaction."""
    command.upgrade(configuration(connection), "head")


def known() -> set[str]:
    """Return every revision of this release."""
    scripts = ScriptDirectory.from_config(configuration())
    return {script.revision for script in scripts.walk_revisions()}


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
