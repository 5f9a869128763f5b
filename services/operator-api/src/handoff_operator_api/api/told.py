"""The events of the live feed, as they go over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field, RootModel

from handoff_common.events import OwnerKind
from handoff_operator_api.domain.feed import Change

BEAT = format_sse_event(comment="heartbeat")


class Hello(BaseModel):
    """The first event."""

    type: Literal["hello"] = "hello"
    time: datetime
    """The business's time: deadlines go by it, not by the reader's clock."""
    replay: int
    """So many `conversation` events follow that make up for the gap; then the stream is live."""


class ConversationTold(BaseModel):
    """A conversation changed. Ignore a lower version than the one that you hold."""

    type: Literal["conversation"] = "conversation"
    conversation_id: UUID
    version: int
    owner: OwnerKind
    operator_id: UUID | None
    time: datetime


class ResyncTold(BaseModel):
    """Changes may have been missed: read again what is on the screen. The stream may end now."""

    type: Literal["resync"] = "resync"


class ClockTold(BaseModel):
    """The business's time was moved forward, as the simulator can."""

    type: Literal["clock"] = "clock"
    time: datetime


class SessionTold(BaseModel):
    """The reader's session ends soon; again at each heartbeat, and once when it no longer does."""

    type: Literal["session"] = "session"
    seconds: int
    renewable: bool
    """Any request prolongs it; else only a new sign-in does."""


class FeedEvent(
    RootModel[
        Annotated[
            Hello | ConversationTold | ResyncTold | ClockTold | SessionTold,
            Field(discriminator="type"),
        ]
    ]
):
    """The data of one event; `event:` is its `type`, and `id:` a moment by the database's clock."""


def changed(change: Change) -> bytes:
    told = ConversationTold(
        conversation_id=change.conversation_id,
        version=change.version,
        owner=change.owner,
        operator_id=change.operator_id,
        time=change.time,
    )
    return encoded(told, change.time)


def encoded(
    told: Hello | ConversationTold | ResyncTold | ClockTold | SessionTold, moment: datetime | None
) -> bytes:
    return format_sse_event(
        event=told.type,
        data_str=told.model_dump_json(),
        id=None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    )
