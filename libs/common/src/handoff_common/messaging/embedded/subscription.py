"""One consumer of one embedded queue."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from handoff_common.errors import AwayError
from handoff_common.messaging.broker import Delivery
from handoff_common.messaging.embedded.journal import Journal
from handoff_common.messaging.embedded.lane import Held, Lane
from handoff_common.messaging.embedded.store import Change, Event, now_ms


class EmbeddedSubscription:
    """Implements `Subscription`."""

    def __init__(
        self, lane: Lane, journal: Journal, *, prefetch: int, delay_of: Callable[[int], timedelta]
    ) -> None:
        self._lane = lane
        self._journal = journal
        self._prefetch = prefetch
        self._delay_of = delay_of
        self._held: dict[int, Held] = {}
        self._tag = 0
        self._stopped = False
        self._ended = False
        self._lost = ""

    async def next(self) -> Delivery | None:
        while True:
            self._check()
            if self._stopped:
                return None
            if ready := self.ready(1):
                return ready[0]
            await self._lane.changed.wait()

    def ready(self, limit: int) -> list[Delivery]:
        if self._stopped or self._lost:
            return []
        taken = self._lane.take(min(limit, self._prefetch - len(self._held)))
        return [self._hand_out(held) for held in taken]

    def _hand_out(self, held: Held) -> Delivery:
        self._tag += 1
        self._held[self._tag] = held
        event = held.waiting.event
        return Delivery(
            tag=self._tag,
            queue=event.queue,
            type=event.type,
            body=event.body,
            attempt=event.attempt,
            redelivered=held.redelivered,
            reply_to=event.reply_to,
            correlation=event.correlation,
        )

    async def ack(self, tag: int, *, multiple: bool = False) -> None:
        self._check()
        self._event(tag)
        tags = [held for held in self._held if held <= tag] if multiple else [tag]
        settling = {each: self._held.pop(each) for each in tags}
        numbers = [held.waiting.number for held in settling.values()]
        done = self._journal.submit(Change(settle=numbers))

        def settled(done: asyncio.Future[None]) -> None:
            if done.exception() is None:
                self._lane.settled(len(settling))
            elif self._ended:
                self._lane.give_back(settling.values())
            else:
                self._held = dict(sorted((self._held | settling).items()))

        done.add_done_callback(settled)
        await asyncio.shield(done)

    async def retry(self, delivery: Delivery) -> None:
        self._check()
        event = self._event(delivery.tag)
        due = now_ms() + round(self._delay_of(event.attempt).total_seconds() * 1000)
        again = replace(event, attempt=event.attempt + 1)
        await asyncio.shield(self._journal.submit(Change(delay=[(again, due)])))

    async def bury(self, delivery: Delivery, reason: str) -> None:
        self._check()
        event = self._event(delivery.tag)
        await asyncio.shield(self._journal.submit(Change(bury=[(event, reason)])))

    async def stop(self) -> None:
        self._stopped = True
        self._lane.pulse()

    def lose(self, reason: str) -> None:
        """Hand out and settle nothing more: the database is away."""
        self._lost = reason
        self._lane.pulse()

    def end(self) -> None:
        """Give back what was not settled."""
        self._stopped = self._ended = True
        self._lane.give_back(self._held.values())
        self._held.clear()

    def _event(self, tag: int) -> Event:
        if tag not in self._held:
            raise ValueError(f"delivery {tag} is not open")
        return self._held[tag].waiting.event

    def _check(self) -> None:
        if self._lost or self._ended:
            raise AwayError(self._lost or "ended")
