"""Which message in Twilio's list is ours. A POST carries nothing that Twilio would list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff_outbound.domain.attempt import UNRESOLVED, Attempt

SKEW = timedelta(seconds=5)
"""Twilio's dates have a resolution of 1 s, and its clock is not our database's."""


class ListingError(Exception):
    """Twilio's list could not be read, or not far enough back."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as Twilio lists it, in either direction."""

    sid: str
    sender: str
    recipient: str
    body: str
    inbound: bool
    created_at: datetime
    """Resolution: 1 s."""
    files: int = 0
    """How many came with it; the list does not say where they are."""


def ours(
    attempt: Attempt, listed: Iterable[Listed], others: Sequence[Attempt], reach: timedelta
) -> str | None:
    """Return the Sid of the one listed message that can only be this attempt's.

    A message is a candidate if To, From and body agree, it was created since the claim, and its Sid
    belongs to none of our `others`. With two candidates, or with an unresolved twin that may have
    become the candidate (claimed at most `reach` before it), nobody can say: then it is none.
    """
    owned = {other.message_sid for other in others}
    found = [
        message
        for message in listed
        if message.sid not in owned
        and message.created_at >= attempt.claimed_at - SKEW
        and _is_text_of(attempt, message)
    ]
    if len(found) != 1:
        return None
    [candidate] = found
    if any(_may_be(other, candidate, reach) for other in others):
        return None
    return candidate.sid


def _may_be(twin: Attempt, message: Listed, reach: timedelta) -> bool:
    age = message.created_at - twin.claimed_at
    return twin.state in UNRESOLVED and _is_text_of(twin, message) and -SKEW <= age <= reach + SKEW


def _is_text_of(attempt: Attempt, message: Listed) -> bool:
    return (
        not message.inbound
        and message.sender == attempt.business
        and message.recipient == attempt.customer
        and _plain(message.body) == _plain(attempt.text)
    )


def _plain(text: str) -> str:
    """Leave out what a channel may change on the way: outer blanks, kinds of line ends."""
    return "\n".join(text.split("\r\n")).strip()
