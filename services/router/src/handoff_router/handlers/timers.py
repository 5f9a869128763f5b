"""Deadlines that have passed become events; whoever handles one decides if it still matters."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from handoff_common.errors import AwayError
from handoff_common.events import TimerFired
from handoff_common.messaging.broker import Broker

log = structlog.get_logger()


class Timers(Protocol):
    async def due(self, limit: int) -> Sequence[TimerFired]:
        """Lease deadlines that have passed, so that no other replica publishes them meanwhile."""
        ...

    async def published(self, fired: Sequence[TimerFired]) -> None:
        """Keep them from being published again; handling clears them."""
        ...


async def watch(timers: Timers, broker: Broker, *, every: timedelta, limit: int = 200) -> None:
    """Publish what is due, again and again, until cancelled.

    Published with confirm first and marked afterwards: a crash in between publishes it again, under
    the same id. A server that is away only makes it late.
    """
    while True:
        try:
            fired = await timers.due(limit)
            if fired:
                await broker.publish(fired)
                await timers.published(fired)
        except AwayError as error:
            log.warning("timers.wait", reason=str(error))
            fired = ()
            await asyncio.sleep(1)
        if len(fired) < limit:
            await asyncio.sleep(every.total_seconds())
