"""Every message that crosses the broker: one subject a module, one union of all."""

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter

from handoff_common.events.base import BaseEvent, ConversationEvent, event_type
from handoff_common.events.bot import BotEscalated, BotFailed, BotReplied, BotRequested
from handoff_common.events.command import (
    ClaimRequested,
    CloseRequested,
    Command,
    CommandAnswered,
    DoubtDecided,
    Outcome,
    Refusal,
    ReplyRequested,
    ReturnRequested,
)
from handoff_common.events.conversation import ConversationChanged, OwnerKind
from handoff_common.events.customer import CustomerWrote, Location, Media
from handoff_common.events.delivery import DeliveryReported, DeliveryStatus
from handoff_common.events.handoff import (
    Attempt,
    Brief,
    Fact,
    FactKind,
    HandoffBriefed,
    HandoffOpened,
    HandoffReason,
    ReasonCategory,
    Want,
)
from handoff_common.events.message import (
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageReleased,
    MessageResult,
    MessageSuperseded,
)
from handoff_common.events.timer import TimerFired, TimerKind

AnyCommand: TypeAlias = (
    ClaimRequested | ReplyRequested | ReturnRequested | CloseRequested | DoubtDecided
)
AnyResult: TypeAlias = MessageAccepted | MessageRefused | MessageDoubtful | MessageSuperseded
AnyEvent: TypeAlias = (
    CustomerWrote
    | DeliveryReported
    | BotRequested
    | BotReplied
    | BotEscalated
    | BotFailed
    | HandoffOpened
    | HandoffBriefed
    | MessageReleased
    | AnyResult
    | ConversationChanged
    | TimerFired
    | AnyCommand
    | CommandAnswered
)

# The errors of a union follow its own configuration, not that of its members.
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(
    Annotated[AnyEvent, Field(discriminator="type")],
    config=ConfigDict(hide_input_in_errors=True),
)

__all__ = [
    "EVENT",
    "AnyCommand",
    "AnyEvent",
    "AnyResult",
    "Attempt",
    "BaseEvent",
    "BotEscalated",
    "BotFailed",
    "BotReplied",
    "BotRequested",
    "Brief",
    "ClaimRequested",
    "CloseRequested",
    "Command",
    "CommandAnswered",
    "ConversationChanged",
    "ConversationEvent",
    "CustomerWrote",
    "DeliveryReported",
    "DeliveryStatus",
    "DoubtDecided",
    "Fact",
    "FactKind",
    "HandoffBriefed",
    "HandoffOpened",
    "HandoffReason",
    "Location",
    "Media",
    "MessageAccepted",
    "MessageDoubtful",
    "MessageRefused",
    "MessageReleased",
    "MessageResult",
    "MessageSuperseded",
    "Outcome",
    "OwnerKind",
    "ReasonCategory",
    "Refusal",
    "ReplyRequested",
    "ReturnRequested",
    "TimerFired",
    "TimerKind",
    "Want",
    "event_type",
]
