"""Two times: what the business calls now, and what the machine does.

Where the simulator stands in for Twilio, people may move the business forward: the 24-hour window
closes, what is due tomorrow comes due. Nothing that keeps the promises may notice: how long a POST
has been on its way, who is signed in, when to try again are measured by the machine.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """The business's clock of one process; as it is made, it is the machine's."""

    def __init__(self, machine: Callable[[], datetime] = machine_now) -> None:
        self._machine = machine
        self._ahead = timedelta(0)

    @property
    def ahead(self) -> timedelta:
        """How far the business is ahead of the machine."""
        return self._ahead

    def now(self) -> datetime:
        return self._machine() + self._ahead

    def machine_now(self) -> datetime:
        return self._machine()

    def move_to(self, ahead: timedelta) -> None:
        """Be this far ahead. Raises `ValueError` for less than now: time never goes back."""
        if ahead < self._ahead:
            raise ValueError("time does not go back")
        self._ahead = ahead
