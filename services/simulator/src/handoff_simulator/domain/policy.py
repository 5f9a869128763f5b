"""How Twilio delivers a webhook: the connection overrides in the fragment of its URL.

Source: Twilio, usage/webhooks/webhooks-connection-overrides. It is neither sent nor signed.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urldefrag

Failure: TypeAlias = Literal["4xx", "5xx", "ct", "rt"]
"""Why one attempt failed: the status, no connection (`ct`), or no answer on it (`rt`)."""

_BACKOFF_MS = 100


@dataclass(frozen=True, slots=True)
class Policy:
    """Times in milliseconds; `total_ms` is the budget of all attempts together."""

    retries: int = 1
    on: frozenset[str] = frozenset({"ct"})
    connect_ms: int = 5000
    read_ms: int = 15_000
    total_ms: int = 15_000

    def retries_after(self, failure: Failure | None) -> bool:
        """Tell whether to retry; None is an answer that no policy retries (3xx)."""
        return failure is not None and ("all" in self.on or failure in self.on)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one delivery ended: `status` is that of the last answer, None if there was none."""

    delivered: bool
    attempts: int
    status: int | None = None

    @property
    def error_code(self) -> int:
        """Return what Twilio tells the fallback URL: 11200 for an answer, 11205 for none."""
        return 11205 if self.status is None else 11200


def policy_of(url: str, *, retries: int = 1) -> tuple[str, Policy]:
    """Return the URL as it is requested and signed, and the policy that its fragment asks for.

    What is out of range is brought into it; `retries` is for a fragment that doesn't say.
    """
    address, fragment = urldefrag(url)
    given = {key: values[-1] for key, values in parse_qs(fragment).items()}

    def number(key: str, default: int, lowest: int, highest: int) -> int:
        text = given.get(key, "")
        return min(max(int(text), lowest), highest) if text.isdecimal() else default

    return address, Policy(
        retries=number("rc", retries, 0, 5),
        on=frozenset(given.get("rp", "ct").split(",")),
        connect_ms=number("ct", 5000, 100, 10_000),
        read_ms=number("rt", 15_000, 100, 15_000),
        total_ms=number("tt", 15_000, 100, 15_000),
    )


def pause_ms(attempt: int) -> int:
    """Return the pause after the `attempt`-th failure (from 1); Twilio does not publish its own."""
    return _BACKOFF_MS * 2 ** (attempt - 1)


def failure_of(status: int) -> Failure | None:
    """Return the class of a refusing answer."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "5xx"
    return "4xx" if status >= HTTPStatus.BAD_REQUEST else None
