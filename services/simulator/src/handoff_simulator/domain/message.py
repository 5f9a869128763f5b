"""One message, as the record keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

Direction: TypeAlias = Literal["inbound", "outbound-api"]
Status: TypeAlias = Literal[
    "queued", "sent", "delivered", "read", "failed", "undelivered", "received"
]


@dataclass(frozen=True, slots=True)
class Media:
    """A file that goes with a message; the bytes stay wherever `url` points."""

    url: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of one phone, in either direction.

    `number` is the place in the order of acceptance: it only grows, over restarts too; 0 before the
    record has taken the message. Moments are aware, and those of Twilio's servers.
    """

    sid: str
    direction: Direction
    sender: str
    recipient: str
    body: str
    status: Status
    created_at: datetime
    number: int = 0
    updated_at: datetime | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    media: tuple[Media, ...] = ()
    ahead: timedelta = timedelta(0)
    """How far WhatsApp's time was ahead of Twilio's, when it was accepted."""
    callback: str = ""
    """The `StatusCallback` of an outgoing message."""
    fault: str = ""
    """The fault that was played on the answer of its create request, if any."""
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of an inbound message: fields of the webhook that depend on what the customer did."""

    @property
    def customer(self) -> str:
        """The address of the phone."""
        return self.sender if self.direction == "inbound" else self.recipient

    @property
    def shown_at(self) -> datetime:
        """When it was written, as phones show it; the 24-hour window goes by this."""
        return self.created_at + self.ahead

    @property
    def conversation(self) -> str:
        """The product's id of the conversation, from the callback's query (`c`)."""
        return parse_qs(urlsplit(self.callback).query).get("c", [""])[0]

    @property
    def ours(self) -> tuple[str, int | None]:
        """Return message id and attempt from the callback's query (`m`, `a`): the product's own."""
        query = parse_qs(urlsplit(self.callback).query)
        attempt = query.get("a", [""])[0]
        return query.get("m", [""])[0], int(attempt) if attempt.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Phone:
    """A customer's phone and how much went to and fro."""

    address: str
    wrote: int
    received: int
