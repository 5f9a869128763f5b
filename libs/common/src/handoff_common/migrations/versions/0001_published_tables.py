"""The published tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
JSONB = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _people()
    _contacts()
    _conversations()
    _handoffs()
    _messages()
    _routing()
    _sending()
    _thinking()


def downgrade() -> None:
    raise NotImplementedError("forward only: restore a backup instead")


def _people() -> None:
    op.create_table(
        "operators",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operators"),
        sa.UniqueConstraint("email", name="uq_operators_email"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("operator_id", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name="fk_sessions_operator_id_operators"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_operator_id", "sessions", ["operator_id"])


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("profile_name", sa.String, nullable=False),
        sa.Column("opted_out_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("address", name="uq_contacts_address"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("customer", sa.String, nullable=False),
        sa.Column("business", sa.String, nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("operator_id", sa.Uuid, nullable=True),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("handoff_id", sa.Uuid, nullable=True),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("window_id", sa.Uuid, nullable=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("turn_state", sa.String(length=16), nullable=False),
        sa.Column("turn_upto", sa.Integer, nullable=False),
        sa.Column("turn_since", MOMENT, nullable=True),
        sa.Column("superseded_turns", sa.Integer, nullable=False),
        sa.Column("turn_asked", sa.Integer, nullable=False),
        sa.Column("inbound_seq", sa.Integer, nullable=False),
        sa.Column("last_inbound_at", MOMENT, nullable=True),
        sa.Column("opted_out", sa.Boolean, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("note_seq", sa.Integer, nullable=False),
        sa.Column("preview", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("fence_lock", sa.SmallInteger, nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_conversations_contact_id_contacts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("contact_id", "business", name="uq_conversations_contact_id"),
    )
    op.create_index("ix_conversations_pair", "conversations", ["customer", "business"])
    op.create_index("ix_conversations_inbox", "conversations", ["owner", "updated_at", "id"])
    op.create_index(
        "ix_conversations_operator", "conversations", ["operator_id", "updated_at", "id"]
    )
    op.create_index("ix_conversations_recent", "conversations", ["updated_at", "id"])


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_seq", sa.Integer, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("granted_at", MOMENT, nullable=True),
        sa.Column("operator_id", sa.Uuid, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_handoffs_conversation_id_conversations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
    )
    op.create_index("ix_handoffs_conversation", "handoffs", ["conversation_id", "opened_at"])
    op.create_index("ix_handoffs_waiting", "handoffs", ["claimed_at", "closed_at", "opened_at"])


def _messages() -> None:
    op.create_table(
        "message_reports",
        sa.Column("message_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("message_sid", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("code", sa.Integer, nullable=True),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "attempt", name="pk_message_reports"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("operator_id", sa.Uuid, nullable=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("content", JSONB, nullable=True),
        sa.Column("message_sid", sa.String(length=40), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("releases", sa.Integer, nullable=False),
        sa.Column("doubt_is_last", sa.Boolean, nullable=False),
        sa.Column("code", sa.Integer, nullable=True),
        sa.Column("delivery", sa.String(length=16), nullable=False),
        sa.Column("sources", JSONB, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_messages_conversation_id_conversations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id"),
        sa.UniqueConstraint("message_sid", name="uq_messages_message_sid"),
    )
    op.create_index("ix_messages_open", "messages", ["conversation_id", "open"])


def _routing() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("operator_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("answer", JSONB, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("epoch_seen", sa.Integer, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_table(
        "effects",
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("events", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("cause_id", name="pk_effects"),
    )
    _starts("router_starts")
    op.create_table(
        "timers",
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("trace", sa.String(length=55), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "kind", name="pk_timers"),
    )
    op.create_index("ix_timers_due", "timers", ["due_at"])


def _sending() -> None:
    _starts("outbound_starts")
    op.create_table(
        "sends",
        sa.Column("message_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("customer", sa.String, nullable=False),
        sa.Column("business", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("trace", sa.String(length=55), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("claim", sa.Uuid, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("message_sid", sa.String(length=40), nullable=True),
        sa.Column("code", sa.Integer, nullable=True),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("unpublished", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "attempt", name="pk_sends"),
    )
    op.create_index("ix_sends_next", "sends", ["next_at"])
    op.create_index("ix_sends_open", "sends", ["conversation_id", "state"])
    op.create_index("ix_sends_message_sid", "sends", ["message_sid"])
    for name, where in (
        ("ix_sends_unresolved", "state IN ('doubtful', 'unknown')"),
        ("ix_sends_unpublished", "unpublished"),
    ):
        op.create_index(
            name,
            "sends",
            ["updated_at"],
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )
    op.create_table(
        "watermarks",
        sa.Column("business", sa.String, nullable=False),
        sa.Column("read_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("business", name="pk_watermarks"),
    )


def _thinking() -> None:
    _starts("bot_starts")


def _starts(table: str) -> None:
    op.create_table(
        table,
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "queue", name=f"pk_{table}"),
    )
