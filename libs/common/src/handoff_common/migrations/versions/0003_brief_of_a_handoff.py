"""The brief of a handoff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("handoffs", sa.Column("brief", kind, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")
