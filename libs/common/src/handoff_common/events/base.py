"""What all events have in common."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of an event: frozen, and deaf to fields that it does not know."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="ignore",  # so that a producer can be deployed before its consumers
        hide_input_in_errors=True,  # the input is what the customer wrote
    )


class BaseEvent(Part):
    """`id`, `type`, `time` and `subject` are those of CloudEvents 1.0.

    `type` is the routing key and ends with the major version. A new optional field is not a new
    version; anything else is a new class, published beside the old one until nobody consumes it.
    """

    id: UUID
    time: AwareDatetime
    trace: str = ""
    """W3C `traceparent`, or empty."""

    @property
    def subject(self) -> str:
        """What the event is about: a conversation id, or an address pair while there is none."""
        raise NotImplementedError


class ConversationEvent(BaseEvent):
    """An event about a conversation that exists."""

    conversation_id: UUID

    @property
    def subject(self) -> str:
        return str(self.conversation_id)


def event_type(event: type[BaseEvent]) -> str:
    """Return the wire type of an event class, which is also its routing key."""
    return str(event.model_fields["type"].default)
