"""The list of closed conversations, by when they were closed."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ix_handoffs_closed", "handoffs", ["closed_at", "conversation_id"])


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")
