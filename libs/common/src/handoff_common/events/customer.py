"""What customers do."""

from typing import Literal

from pydantic import AwareDatetime

from handoff_common.events.base import BaseEvent, Part


class Media(Part):
    """A file that came with a message, still at Twilio (Basic authentication needed)."""

    url: str
    content_type: str


class Location(Part):
    """A place that the customer shared; degrees, WGS 84."""

    latitude: float
    longitude: float
    label: str = ""
    address: str = ""


class CustomerWrote(BaseEvent):
    """A customer wrote to one of our numbers; `id` is derived from `message_sid`."""

    type: Literal["customer.wrote.v1"] = "customer.wrote.v1"
    message_sid: str
    customer: str
    """The address exactly as Twilio gave it; answers go to exactly that one."""
    business: str
    text: str
    """At most 1600 characters; may be empty when media or a location came."""
    received_at: AwareDatetime
    profile_name: str = ""
    media: tuple[Media, ...] = ()
    media_missing: int = 0
    """How many more files came of which Twilio did not say where they are."""
    location: Location | None = None
    button: str = ""
    """The payload of a tapped button or list item."""
    in_reply_to: str = ""
    """The `MessageSid` that the customer quoted."""

    @property
    def subject(self) -> str:
        return f"{self.business}|{self.customer}"
