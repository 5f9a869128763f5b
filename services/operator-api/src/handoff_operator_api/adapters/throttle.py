"""How often somebody may try to sign in: counted in Redis, or here while Redis is away.

An attempt is counted before the password is looked at and given back when it was right, so guesses
sent at once are counted too. A window starts with its first attempt and is not prolonged.
"""

import asyncio
import hashlib
import ipaddress
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from handoff_operator_api.domain.operator import canonical_email

log = structlog.get_logger()

WINDOW_SECONDS = 15 * 60
PER_ACCOUNT, PER_NETWORK = 5, 20
_REDIS_SECONDS = 0.5
LOCAL_ENTRIES = 20_000

# Counts on all keys or on none, so that a blocked network can't lock accounts.
_TAKE = """
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i]) then
    wait = math.max(wait, redis.call('PTTL', key))
  end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[#KEYS + 1]) end
end
return 0
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


class SignInThrottle:
    """5 failures in 15 minutes for an account, 20 for a network."""

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Callable[[], float] = time.monotonic,
        local_entries: int = LOCAL_ENTRIES,
    ) -> None:
        self._shared = _RedisCounters(redis)
        self._local = LocalCounters(clock, local_entries)

    @property
    def local_size(self) -> int:
        """How many accounts and networks are counted in this process."""
        return len(self._local.entries)

    async def admit(self, email: str, host: str) -> int:
        """Count an attempt and return 0; or the seconds to wait, having counted nothing."""
        account, network = _keys(email, host)
        limits = ((account, PER_ACCOUNT), (network, PER_NETWORK))
        try:
            wait = await self._shared.take(limits)
        except (RedisError, OSError) as error:
            # Never fail open: then each process counts for itself.
            log.warning("throttle.degraded", reason=type(error).__name__)
            wait = self._local.take(limits)
        return math.ceil(wait)

    async def give_back(self, email: str, host: str) -> None:
        """Take an attempt back that was no failure."""
        keys = _keys(email, host)
        try:
            await self._shared.give_back(keys)
        except (RedisError, OSError) as error:
            log.warning("throttle.degraded", reason=type(error).__name__)
        self._local.give_back(keys)


class _RedisCounters:
    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(_TAKE)
        self._give_back = redis.register_script(_GIVE_BACK)

    async def take(self, limits: Sequence[tuple[str, int]]) -> float:
        keys = [key for key, _ in limits]
        numbers = [number for _, number in limits]
        async with asyncio.timeout(_REDIS_SECONDS):
            milliseconds = await self._take(keys=keys, args=[*numbers, WINDOW_SECONDS])
        return int(milliseconds) / 1000

    async def give_back(self, keys: Sequence[str]) -> None:
        async with asyncio.timeout(_REDIS_SECONDS):
            await self._give_back(keys=list(keys))


@dataclass(slots=True)
class LocalCounters:
    """The same counting in this process: how often, and until when (by the clock) that counts."""

    clock: Callable[[], float]
    at_most: int
    entries: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])

    def take(self, limits: Sequence[tuple[str, int]]) -> float:
        now = self.clock()
        self._forget(now)
        counts = [self.entries.get(key, (0, now + WINDOW_SECONDS)) for key, _ in limits]
        wait = max(
            until - now if count >= limit else 0.0
            for (count, until), (_, limit) in zip(counts, limits, strict=True)
        )
        if wait <= 0:
            for (key, _), (count, until) in zip(limits, counts, strict=True):
                self.entries[key] = (count + 1, until)
        return wait

    def give_back(self, keys: Sequence[str]) -> None:
        for key in keys:
            if key in self.entries:
                count, until = self.entries[key]
                self.entries[key] = (max(count - 1, 0), until)

    def _forget(self, now: float) -> None:
        """Drop windows that are over, and under a flood of names the oldest: memory is bounded.

        All windows have one length, so the order in which they were entered is that of their ends.
        """
        while self.entries:
            oldest = next(iter(self.entries))
            if self.entries[oldest][1] > now and len(self.entries) <= self.at_most:
                break
            del self.entries[oldest]


def _keys(email: str, host: str) -> tuple[str, str]:
    account = hashlib.sha256(canonical_email(email).encode()).hexdigest()
    return f"handoff:signin:account:{account}", f"handoff:signin:network:{network_of(host)}"


def network_of(host: str) -> str:
    """Return whom an address stands for: itself, or its /64, which one person has whole."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
