"""The send ledger: written by outbound."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from handoff_common.tables.base import Published, Writer
from handoff_common.tables.messages import ANY_JSON


def _partial(name: str, column: str, *, where: str) -> Index:
    return Index(name, column, postgresql_where=text(where), sqlite_where=text(where))


class SendRow(Published, table=True):
    """One attempt to send one message.

    `submitting` is committed before the POST; from then on the attempt is open until a result is
    recorded, or until it is orphaned and becomes `doubtful`.
    """

    table_name: ClassVar[str] = "sends"
    __table_args__ = (
        Index("ix_sends_next", "next_at"),
        Index("ix_sends_open", "conversation_id", "state"),
        Index("ix_sends_message_sid", "message_sid"),
        _partial("ix_sends_unresolved", "updated_at", where="state IN ('doubtful', 'unknown')"),
        _partial("ix_sends_unpublished", "updated_at", where="unpublished"),
    )
    writer: ClassVar[Writer] = "outbound"

    message_id: UUID = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    conversation_id: UUID
    epoch: int
    automatic: bool
    customer: str
    business: str
    text: str
    trace: str = Field(default="", max_length=55)
    """W3C `traceparent` of the release, for results that the poller finds."""
    state: str = Field(max_length=16)
    """`submitting`, `waiting` (not sent, later), `doubtful`; for good: `accepted`, `refused`,
    `superseded`, `unknown` (the checks are over; a late report may still prove it accepted)."""
    claim: UUID
    """Which claim holds it: a late worker's record must not overwrite a newer claim's."""
    claims: int = 1
    claimed_at: datetime
    next_at: datetime | None = None
    """When the poller looks at it next."""
    checks: int = 0
    message_sid: str | None = Field(default=None, max_length=40)
    """Of one message only; but of two of its attempts, when the second finds the first accepted."""
    code: int | None = None
    result: dict[str, Any] | None = Field(default=None, sa_type=ANY_JSON)
    """The result event as it was published, for a redelivered release."""
    unpublished: bool = False
    """The result was stored and its publication is not known yet: the poller publishes it."""
    created_at: datetime
    updated_at: datetime


class WatermarkRow(Published, table=True):
    """How far reconciliation has read Twilio's list, by business number."""

    table_name: ClassVar[str] = "watermarks"
    writer: ClassVar[Writer] = "outbound"

    business: str = Field(primary_key=True)
    read_until: datetime


class RestoreRow(Published, table=True):
    """That the database was put back to an earlier state: what was said since is not in it."""

    table_name: ClassVar[str] = "restores"
    writer: ClassVar[Writer] = "outbound"

    restored_at: datetime = Field(primary_key=True)
    taken_at: datetime
    """When the backup was begun: nothing that is in it was sent later."""


class OutboundStartRow(Published, table=True):
    """A redelivered release that was started and has not ended."""

    table_name: ClassVar[str] = "outbound_starts"
    writer: ClassVar[Writer] = "outbound"

    event_id: UUID = Field(primary_key=True)
    queue: str = Field(primary_key=True, max_length=40)
    count: int
    started_at: datetime
