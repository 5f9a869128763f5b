"""That the database was put back to an earlier state."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "restores",
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("restored_at", name="pk_restores"),
    )


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")
