"""What has come and nobody took yet."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from handoff_common.errors import AwayError

T = TypeVar("T")


class Arrivals(Generic[T]):
    """Between a callback that receives and a reader that waits. A full one drops the oldest."""

    def __init__(self, *, bound: int | None = None) -> None:
        self._items: deque[T] = deque()
        self._bound = bound
        self._changed = asyncio.Event()
        self._lost = ""
        self._ended = False
        self.dropped = 0

    def put(self, item: T) -> None:
        if self._bound is not None and len(self._items) >= self._bound:
            self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        self._changed.set()

    def take(self, limit: int) -> list[T]:
        """Return what is here, at most `limit`."""
        return [self._items.popleft() for _ in range(min(limit, len(self._items)))]

    async def next(self) -> T | None:
        """Wait for the next one; None after `end`. Raises `AwayError` after `lose`."""
        while not self._items:
            if self._lost:
                raise AwayError(self._lost)
            if self._ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._items.popleft()

    def take_all(self) -> list[T]:
        return self.take(len(self._items))

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._changed.set()

    def lose(self, reason: str) -> None:
        """Forget what nobody took: it is the sender's again. Only the first reason counts."""
        self._lost = self._lost or reason
        self._items.clear()
        self._changed.set()
