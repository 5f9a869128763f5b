"""What nobody answered: what a bot's answer was for, and handoffs that nobody claims in time."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

UNANSWERED = timedelta(minutes=10)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # In the order in which the services lock: a conversation, then its messages.
    op.add_column("conversations", sa.Column("overdue_at", MOMENT, nullable=True))
    op.add_column("messages", sa.Column("answers_after", sa.Integer, nullable=True))
    # Until now a person who took over had answered: nobody knows better of those who have one.
    op.execute("UPDATE conversations SET turn_upto = seq WHERE owner IN ('human', 'claiming')")
    # Who waits already has as long as whoever will wait, from now on.
    due = sa.bindparam("due", datetime.now(UTC) + UNANSWERED, MOMENT)
    op.execute(
        sa.text(
            "INSERT INTO timers (conversation_id, kind, generation, due_at, trace)"
            " SELECT id, 'handoff_unanswered', 1, :due, '' FROM conversations"
            " WHERE owner = 'waiting' AND handoff_id IS NOT NULL"
        ).bindparams(due)
    )


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")
