"""How long to wait before what was not processed is tried again."""

from collections.abc import Sequence
from datetime import timedelta

MAX_RETRY_AFTER = timedelta(minutes=5)
"""What is asked for beyond that is a mistake, or a maintenance that our own pauses outlast too."""
_JITTER = 0.5


def pause(
    pauses: Sequence[timedelta], tries: int, draw: float, retry_after: timedelta = timedelta(0)
) -> timedelta:
    """Return the pause after `tries` tries; at least what Twilio asked for (`Retry-After`).

    `draw` in [0, 1) spreads it over 100 % to 150 %: what failed together returns spread out.
    """
    base = pauses[min(max(tries, 1), len(pauses)) - 1]
    return max(base, min(retry_after, MAX_RETRY_AFTER)) * (1 + _JITTER * draw)
