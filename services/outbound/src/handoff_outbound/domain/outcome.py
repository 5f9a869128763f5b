"""What a POST came to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Accepted:
    sid: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Definitely not accepted, and not worth another try."""

    code: int
    reason: str
    """What the operator reads."""


@dataclass(frozen=True, slots=True)
class NotProcessed:
    """Definitely not accepted, and nothing wrong with the message: the same again, later."""

    reason: str
    retry_after: timedelta = timedelta(0)
    code: int | None = None
    """Twilio's error code, where it is our configuration that it refuses: an alarm."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Anything else: Twilio may have the message."""

    reason: str


Outcome: TypeAlias = Accepted | Refused | NotProcessed | Doubtful
