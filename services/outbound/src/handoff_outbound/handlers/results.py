"""Results go to the router: stored first, then published with confirm, then marked as published.

The mark only saves work, so it is written later, for many at once; without it, the poller publishes
the result again under the same id.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from handoff_common.events import BaseEvent
from handoff_outbound.domain.attempt import Attempt


class Publisher(Protocol):
    async def publish(self, events: Sequence[BaseEvent]) -> None: ...


class StoredResults(Protocol):
    async def unpublished(self, age: timedelta, limit: int) -> Sequence[Attempt]:
        """Return attempts whose result was stored this long ago, and perhaps never published."""
        ...

    async def mark_published(self, attempts: Sequence[Attempt]) -> None:
        """Mark results as published, unless a newer result has taken their place."""
        ...


class Results:
    def __init__(self, publisher: Publisher, stored: StoredResults) -> None:
        self._publisher = publisher
        self._stored = stored
        self._published: list[Attempt] = []

    async def publish(self, *attempts: Attempt) -> None:
        """Publish stored results. Raises `AwayError`: they stay stored."""
        await self._publisher.publish([a.result for a in attempts if a.result is not None])
        self._published.extend(attempts)

    async def mark(self) -> None:
        """Write down what was published since the last time. Raises `AwayError`."""
        marked = self._published[:]
        if marked:
            await self._stored.mark_published(marked)
            del self._published[: len(marked)]

    async def repair(self, age: timedelta, limit: int = 100) -> None:
        """Publish what a crash kept from being published. Raises `AwayError`."""
        await self.mark()
        left = await self._stored.unpublished(age, limit)
        if left:
            await self.publish(*left)
