"""What can be seen of a message on its way: a row of the trace for each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import JsonValue

Lane: TypeAlias = Literal[
    "customer", "ingress", "router", "bot", "handoff", "person", "outbound", "receipt"
]
"""Who is at work: the phone, the webhook, the one who decides, …"""
OwnerKind: TypeAlias = Literal["bot", "queue", "claiming", "person"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has the conversation from now on."""

    kind: OwnerKind
    name: str = ""
    """Of the person, where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened."""

    lane: Lane
    name: str
    """The event's type, or our own word for what Twilio did."""
    phone: str = ""
    """The customer's, as in `/phones`; empty where nobody knows whose it is."""
    everywhere: bool = False
    """It is about all phones."""
    took_ms: int | None = None
    sid: str = ""
    message: str = ""
    """The product's id of the message."""
    conversation: str = ""
    owner: Owner | None = None
    """Set where the conversation changed hands."""
    detail: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True, slots=True)
class Row:
    """A step with its place and its time."""

    number: int
    at: datetime
    step: Step

    def is_about(self, phone: str) -> bool:
        """Tell whether it belongs to a phone's trace; the empty one is everybody's."""
        return not phone or self.step.everywhere or self.step.phone == phone


def phone_of(address: str) -> str:
    """Return a channel address as the phone's name: `+5511…`, or `BR.…` without a number."""
    return address.removeprefix("whatsapp:")
