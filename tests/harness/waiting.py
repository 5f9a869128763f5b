"""Waiting for conditions, with a deadline; never for luck."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(
    attempt: Callable[[], Awaitable[T | None]],
    what: str,
    *,
    seconds: float = 30,
    every: float = 0.05,
) -> T:
    """Return the first truthy result. Raises `AssertionError` naming `what` when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        result = await attempt()
        if result:
            return result
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        await asyncio.sleep(every)
