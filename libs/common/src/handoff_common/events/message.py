"""An outgoing message on its way, and what became of it."""

from typing import Literal
from uuid import UUID

from handoff_common.events.base import ConversationEvent


class MessageReleased(ConversationEvent):
    """The message holds the conversation's send window: outbound may claim it and send it."""

    type: Literal["message.released.v1"] = "message.released.v1"
    message_id: UUID
    attempt: int
    epoch: int
    automatic: bool
    """Fenced: it may not start its way once the conversation's epoch has moved on."""
    customer: str
    business: str
    text: str


class MessageResult(ConversationEvent):
    """What became of one attempt. A hint to read the ledger: the ledger decides."""

    message_id: UUID
    attempt: int


class MessageAccepted(MessageResult):
    """Twilio accepted the message."""

    type: Literal["message.accepted.v1"] = "message.accepted.v1"
    message_sid: str


class MessageRefused(MessageResult):
    """Twilio, or our own limits, refused the message for good."""

    type: Literal["message.refused.v1"] = "message.refused.v1"
    code: int
    """Twilio's error code; 0 when we gave up by ourselves."""
    reason: str


class MessageDoubtful(MessageResult):
    """Nobody knows whether Twilio has the message; `last`: the checks are over, still unknown."""

    type: Literal["message.doubtful.v1"] = "message.doubtful.v1"
    last: bool = False


class MessageSuperseded(MessageResult):
    """The fence stopped the message: the owner had changed before the attempt was claimed."""

    type: Literal["message.superseded.v1"] = "message.superseded.v1"
