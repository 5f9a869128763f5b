"""How Alembic runs here: on a connection of `schema`, inside its transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from handoff_common.migrating import published_metadata


def _plain(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  # Alembic's own
    """Write SQLModel's types as what they are in the database, so that a revision never changes."""
    if kind != "type":
        return False
    match item:
        case UTCDateTime():
            return "sa.DateTime(timezone=True)"
        case AutoString(impl=impl):
            length = getattr(impl, "length", None)
            return "sa.String()" if length is None else f"sa.String(length={length})"
        case JSON():
            autogen.imports.add("from sqlalchemy.dialects import postgresql")
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        case _:
            return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=published_metadata(embedded=connection.dialect.name == "sqlite"),
    render_as_batch=True,  # SQLite changes a column by copying the table
    render_item=_plain,
)
with context.begin_transaction():
    context.run_migrations()
