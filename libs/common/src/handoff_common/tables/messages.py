"""What was said, and how far it got: written by the router."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from handoff_common.tables.base import Published, Writer

ANY_JSON = JSON().with_variant(JSONB(), "postgresql")


class MessageRow(Published, table=True):
    """One message of a conversation, numbered by `seq` under the conversation's lock."""

    table_name: ClassVar[str] = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index("ix_messages_open", "conversation_id", "open"),
    )
    writer: ClassVar[Writer] = "router"

    id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversations.id")
    seq: int
    author: str = Field(max_length=16)
    """`customer`, `bot`, `system` (the router's own words) or `operator`."""
    operator_id: UUID | None = None
    text: str
    content: dict[str, Any] | None = Field(default=None, sa_type=ANY_JSON)
    """Of a customer's message: media, location, button, quoted message."""
    message_sid: str | None = Field(default=None, unique=True, max_length=40)
    created_at: datetime

    status: str = Field(max_length=16)
    """`received`; or `queued`, `released`, `doubtful`, then for good: `accepted`, `refused`,
    `superseded`, `unconfirmed`, `given_up`; `unconfirmed` may still become `accepted`."""
    open: bool = False
    """Outgoing and not final: it holds the window, or waits for it."""
    automatic: bool = False
    epoch: int = 0
    attempt: int = 1
    releases: int = 0
    doubt_is_last: bool = False
    """Doubtful, and the checks are over: now its operator decides."""
    answers_after: int | None = None
    """Of an answer of the bot's: what the customer wrote after this number waits for one again if
    this is never said."""
    code: int | None = None
    delivery: str = Field(default="", max_length=16)
    """Twilio's status, which never goes backwards."""
    sources: list[str] | None = Field(default=None, sa_type=ANY_JSON)


class MessageReportRow(Published, table=True):
    """That Twilio called back about an attempt: the proof that it was accepted."""

    table_name: ClassVar[str] = "message_reports"
    writer: ClassVar[Writer] = "router"

    message_id: UUID = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    message_sid: str = Field(max_length=40)
    status: str = Field(max_length=16)
    code: int | None = None
    reported_at: datetime
