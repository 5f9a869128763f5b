"""Waiting for servers that are away, as long as nobody wants us to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from handoff_common.errors import AwayError

T = TypeVar("T")
log = structlog.get_logger()

RECONNECT_SECONDS = (0.1, 0.2, 0.5, 1, 2)


class Patience:
    """What one consumer waits with; `stop` ends every pause."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._stopping = asyncio.Event()

    @property
    def is_over(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        self._stopping.set()

    async def until_stopped(self) -> None:
        await self._stopping.wait()

    async def until_back(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until no server is away: the delivery is ours meanwhile, so waiting loses nothing.

        Raises `AwayError` once we are to stop and it is still away.
        """
        failures = 0
        while True:
            try:
                return await attempt()
            except AwayError as error:
                log.warning("consumer.waits", queue=self._queue, reason=str(error))
                if self.is_over:
                    raise
                await self.pause(failures)
                failures += 1

    async def pause(self, failures: int) -> None:
        """Wait before the next try, longer with each failure, but not past `stop`."""
        seconds = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
