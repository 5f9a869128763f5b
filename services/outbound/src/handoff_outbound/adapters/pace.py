"""How fast we send: Twilio queues what is above a sender's rate, for 4 hours at most."""

import asyncio
import time

from handoff_outbound.domain.pacing import reserve


class LocalPace:
    """A token bucket per number of ours, in this process: N replicas may send N times the rate."""

    def __init__(self, per_second: float, *, burst: float = 10) -> None:
        self._rate = per_second
        self._burst = burst
        self._full_at: dict[str, float] = {}

    async def wait(self, business: str) -> None:
        now = time.monotonic()
        full_at = self._full_at.get(business, now)
        self._full_at[business], seconds = reserve(full_at, now, rate=self._rate, burst=self._burst)
        if seconds > 0:
            await asyncio.sleep(seconds)
