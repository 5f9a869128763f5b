"""The router's own bookkeeping: effects, timers, outcomes of commands, starts."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from handoff_common.tables.base import Published, Writer
from handoff_common.tables.messages import ANY_JSON


class EffectRow(Published, table=True):
    """What followed from an event, stored with the state: a redelivery publishes it again."""

    table_name: ClassVar[str] = "effects"
    writer: ClassVar[Writer] = "router"

    cause_id: UUID = Field(primary_key=True)
    events: list[Any] = Field(sa_type=ANY_JSON)
    created_at: datetime


class TimerRow(Published, table=True):
    """A deadline of a conversation. One per kind; setting it again raises `generation`."""

    table_name: ClassVar[str] = "timers"
    __table_args__ = (Index("ix_timers_due", "due_at"),)
    writer: ClassVar[Writer] = "router"

    conversation_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=20)
    generation: int
    due_at: datetime | None
    """None: cancelled, or fired and handled. Of the send protocol: by the machine's clock."""
    leased_until: datetime | None = None
    """A poller is publishing it."""
    trace: str = Field(default="", max_length=55)
    """W3C `traceparent` of what set it, for what follows when it has passed."""


class CommandRow(Published, table=True):
    """What became of a command. A refused reply keeps its text: nobody should type it again."""

    table_name: ClassVar[str] = "commands"
    writer: ClassVar[Writer] = "router"

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    operator_id: UUID
    kind: str = Field(max_length=40)
    digest: str = Field(max_length=64)
    accepted: bool
    reason: str | None = Field(default=None, max_length=40)
    answer: dict[str, Any] = Field(sa_type=ANY_JSON)
    text: str = ""
    epoch_seen: int = 0
    decided_at: datetime


class RouterStartRow(Published, table=True):
    """A redelivered event that was started and has not ended: so a process-killer is found."""

    table_name: ClassVar[str] = "router_starts"
    writer: ClassVar[Writer] = "router"

    event_id: UUID = Field(primary_key=True)
    queue: str = Field(primary_key=True, max_length=40)
    count: int
    started_at: datetime
