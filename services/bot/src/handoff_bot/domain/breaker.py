"""A circuit breaker: a service that keeps failing is left alone for a while.

So a customer doesn't wait for an answer that won't come, and the service isn't pushed while down.
"""

from dataclasses import dataclass
from datetime import timedelta

from handoff_bot.domain.setback import Setback

LIMIT = 5
"""Failures in a row, of any turns, before it opens."""
REST = timedelta(seconds=60)


@dataclass(slots=True)
class Breaker:
    """Times are seconds of a monotonic clock. After a rest one failure opens it again."""

    limit: int = LIMIT
    rest: timedelta = REST
    _failures: int = 0
    _open_until: float = float("-inf")

    def is_open(self, now: float) -> bool:
        return now < self._open_until

    def failed(self, setback: Setback, now: float) -> None:
        """Count a failure; one of our own set-up opens at once. A bad answer is no failure."""
        if setback.fault == "answer":
            self.succeeded()
            return
        self._failures += 1
        if self._failures >= self.limit or setback.fault == "setup":
            self._open_until = now + self.rest.total_seconds()

    def succeeded(self) -> None:
        self._failures = 0
