"""What the control surface shows of a message."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BaseModel

from handoff_simulator.domain.message import Direction, Media, Message, Status

After = Annotated[int, Query(ge=0, description="Numbers greater than this.")]
Limit = Annotated[int, Query(ge=1, le=5000)]


class Entry(BaseModel):
    """One message; `number` is its place in the order in which Twilio accepted it."""

    number: int
    sid: str
    direction: Direction
    sender: str
    recipient: str
    body: str
    status: Status
    error_code: int | None
    media: tuple[Media, ...]
    created_at: AwareDatetime
    """By the phone's clock, which may have been moved forward."""
    sent_at: AwareDatetime | None
    mid: str
    """From the query of the StatusCallback; empty when it has none."""
    attempt: int | None
    """From the query of the StatusCallback."""
    fault: str
    """Played on the create request: `error_500_after`, `cut_after`, `hang_after`, or empty."""


class Entries(BaseModel):
    """A page; `next` is the `after` of the page that follows, None at the end."""

    messages: list[Entry]
    next: int | None


def entries_of(found: Sequence[Message], limit: int) -> Entries:
    return Entries(
        messages=[entry_of(message) for message in found],
        next=found[-1].number if len(found) == limit else None,
    )


def entry_of(message: Message) -> Entry:
    mid, attempt = message.ours
    return Entry(
        number=message.number,
        sid=message.sid,
        direction=message.direction,
        sender=message.sender,
        recipient=message.recipient,
        body=message.body,
        status=message.status,
        error_code=message.error_code,
        media=message.media,
        created_at=message.shown_at,
        sent_at=None if message.sent_at is None else message.sent_at + message.ahead,
        mid=mid,
        attempt=attempt,
        fault=message.fault,
    )
