"""What becomes of a message after Twilio accepted it."""

from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events.base import ConversationEvent

DeliveryStatus: TypeAlias = Literal[
    "accepted", "scheduled", "queued", "sending", "sent", "delivered", "read",
    "failed", "undelivered", "canceled",
]  # fmt: skip


class DeliveryReported(ConversationEvent):
    """Twilio called back about one attempt of one of our messages.

    Our ids come from the query of the callback URL, which Twilio's signature covers; so the report
    proves acceptance even when the answer to the POST was lost.
    """

    type: Literal["delivery.reported.v1"] = "delivery.reported.v1"
    message_id: UUID
    attempt: int
    message_sid: str
    status: DeliveryStatus
    code: int | None = None
    """Twilio's error code, when the status is a failure."""
