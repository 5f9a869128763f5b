"""What becomes of an accepted message, and which callbacks tell of it.

Twilio sends no callback for the status that the 201 already told (`queued`).
"""

from datetime import datetime, timedelta

from handoff_simulator.domain.message import Message, Status

WINDOW = timedelta(hours=24)

_WAY: tuple[Status, ...] = ("queued", "sent", "delivered", "read")


def in_window(wrote_at: datetime | None, now: datetime) -> bool:
    """Tell whether free text may go: the customer wrote to this sender within 24 hours."""
    return wrote_at is not None and now - wrote_at < WINDOW


def way_on(message: Message, *, fails: int | None, reads: bool) -> tuple[Status, ...]:
    """Return the statuses still to come, in order; `fails` is the error code it will end with."""
    if message.status not in _WAY:
        return ()
    if fails is not None:
        return ("failed",)
    last = len(_WAY) if reads else len(_WAY) - 1
    return _WAY[_WAY.index(message.status) + 1 : last]
