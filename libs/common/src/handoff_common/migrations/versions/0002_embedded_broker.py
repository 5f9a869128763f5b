"""The embedded broker's tables: on SQLite only."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _create_tables()


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")


def _create_tables() -> None:
    op.create_table(
        "embedded_dead",
        *_queued_event(),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("died_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_embedded_dead"),
    )
    op.create_index("ix_embedded_dead_queue", "embedded_dead", ["queue", "number"])
    op.create_table(
        "embedded_delayed",
        *_queued_event(),
        sa.Column("due_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_embedded_delayed"),
    )
    op.create_index("ix_embedded_delayed_due", "embedded_delayed", ["due_ms"])
    op.create_table(
        "embedded_marks",
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("delivered_to", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("queue", name="pk_embedded_marks"),
    )
    op.create_table(
        "embedded_waiting",
        *_queued_event(),
        sa.PrimaryKeyConstraint("number", name="pk_embedded_waiting"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_embedded_waiting_queue", "embedded_waiting", ["queue", "number"])


def _queued_event() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("event_id", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("reply_to", sa.String, nullable=False),
        sa.Column("correlation", sa.String, nullable=False),
    ]
