"""The ids that cross the wire, and how derived ones are made."""

from typing import NewType
from uuid import UUID, uuid5

import uuid_utils.compat

ConversationId = NewType("ConversationId", UUID)
ContactId = NewType("ContactId", UUID)
MessageId = NewType("MessageId", UUID)
HandoffId = NewType("HandoffId", UUID)
OperatorId = NewType("OperatorId", UUID)
CommandId = NewType("CommandId", UUID)
Address = NewType("Address", str)
"""A channel address exactly as Twilio gave it: `whatsapp:+55…`, or `whatsapp:BR.…` (no number)."""

_INBOUND = UUID("6b0c3f0e-4f6e-5d55-9a6e-0d6f2f5d3a10")


def fresh_id() -> UUID:
    """Return a new id that sorts by time (UUID version 7)."""
    return uuid_utils.compat.uuid7()


def derived_id(cause: UUID, what: str, index: int = 0) -> UUID:
    """Return the id of the `index`-th `what` that follows from `cause`, the same every time."""
    return uuid5(cause, f"{what}/{index}")


def inbound_id(message_sid: str) -> UUID:
    """Return the event id of a customer's message: one event, however often it is reported."""
    return uuid5(_INBOUND, message_sid)


def report_id(message_sid: str, status: str, code: int | None) -> UUID:
    """Return the event id of a delivery report; Twilio repeats and reorders them."""
    return uuid5(_INBOUND, f"{message_sid}/{status}/{code or ''}")


def timer_id(conversation: UUID, kind: str, generation: int) -> UUID:
    """Return the event id of a timer that fired."""
    return uuid5(conversation, f"timer/{kind}/{generation}")
