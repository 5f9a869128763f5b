"""Who writes to us, and who answers: written by the router."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint
from sqlmodel import Field

from handoff_common.tables.base import Published, Writer
from handoff_common.tables.messages import ANY_JSON


class ContactRow(Published, table=True):
    """A customer, by the address that Twilio gave. Never parsed: it may hold no number at all."""

    table_name: ClassVar[str] = "contacts"
    writer: ClassVar[Writer] = "router"

    id: UUID = Field(primary_key=True)
    address: str = Field(unique=True)
    profile_name: str = ""
    opted_out_at: datetime | None = None
    """When the customer last asked for silence; nothing that we start goes out after it."""
    created_at: datetime


class ConversationRow(Published, table=True):
    """The lasting thread between one contact and one business number.

    Its row lock orders everything that happens in it: the router decides under it, outbound claims
    an attempt under it (through `fence_lock`, the one column that outbound may name).
    """

    table_name: ClassVar[str] = "conversations"
    __table_args__ = (
        UniqueConstraint("contact_id", "business"),
        Index("ix_conversations_pair", "customer", "business"),
        Index("ix_conversations_inbox", "owner", "updated_at", "id"),
        Index("ix_conversations_operator", "operator_id", "updated_at", "id"),
        Index("ix_conversations_recent", "updated_at", "id"),
    )
    writer: ClassVar[Writer] = "router"

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(foreign_key="contacts.id")
    customer: str
    business: str

    owner: str = Field(default="bot", max_length=16)
    """`bot`, `waiting`, `claiming` or `human`."""
    operator_id: UUID | None = None
    department: str = ""
    handoff_id: UUID | None = None
    """The open handoff, if there is one."""
    overdue_at: datetime | None = None
    """While it waits: since when nobody has claimed it in time."""
    epoch: int = 0
    """Raised at each change of owner; fences automatic messages."""
    version: int = 0
    """Raised at each change; what the live feed names."""
    seq: int = 0
    """Number of the last message."""
    window_id: UUID | None = None
    """The message that holds the send window: the only one that outbound may claim."""

    turn: int = 0
    turn_state: str = Field(default="idle", max_length=16)
    """`idle`, `pausing` (a burst is being collected) or `running` (a bot worker has it)."""
    turn_upto: int = 0
    """Customer messages up to this number wait for nobody: answered, or declared done."""
    turn_since: datetime | None = None
    """When the first message that waits came: the pause is capped from there, and its age told."""
    superseded_turns: int = 0
    """How many turns in a row were overtaken by the customer writing on."""

    turn_asked: int = 0
    """The number up to which the running turn reads."""
    inbound_seq: int = 0
    """Number of the customer's last message."""
    last_inbound_at: datetime | None = None
    """Opens WhatsApp's 24-hour window."""
    opted_out: bool = False
    note: str = ""
    """The hand-back note of the last handoff: what the human decided, for the bot's next turn."""
    note_seq: int = 0
    """Where the bot's new episode starts: older messages are background."""
    preview: str = ""
    """The start of the last message, for the inbox."""
    created_at: datetime
    updated_at: datetime
    fence_lock: int | None = Field(default=None, sa_type=SmallInteger)


class HandoffRow(Published, table=True):
    """One human episode in a conversation."""

    table_name: ClassVar[str] = "handoffs"
    __table_args__ = (
        Index("ix_handoffs_conversation", "conversation_id", "opened_at"),
        Index("ix_handoffs_waiting", "claimed_at", "closed_at", "opened_at"),
        Index("ix_handoffs_closed", "closed_at", "conversation_id"),
    )
    writer: ClassVar[Writer] = "router"

    id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversations.id")
    reason: str = Field(max_length=40)
    opened_at: datetime
    opened_seq: int
    claimed_at: datetime | None = None
    granted_at: datetime | None = None
    operator_id: UUID | None = None
    closed_at: datetime | None = None
    outcome: str = Field(default="", max_length=40)
    note: str = ""
    brief: dict[str, Any] | None = Field(default=None, sa_type=ANY_JSON)
    """As `events.Brief`; none until the bot service has made it."""
