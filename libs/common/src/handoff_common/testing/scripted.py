"""A broker in memory that does as it is told, and remembers in which order it was asked."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NoReturn

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import BaseEvent, event_type
from handoff_common.messaging.broker import Delivery


@dataclass(slots=True)
class ScriptedBroker:
    """Implements as much of `Broker` as a consumer needs, for one queue.

    What a subscription leaves unsettled is delivered again by the next one, marked as redelivered.
    """

    journal: list[str] = field(default_factory=list[str])
    """What was asked, in order: `publish <ids>`, `ack 3`, `ack -3` (up to it), `bury 1 reason`…"""
    published: list[BaseEvent] = field(default_factory=list[BaseEvent])
    unroutable: set[str] = field(default_factory=set[str])
    """Wire types that no queue wants."""
    _waiting: deque[Delivery] = field(default_factory=deque[Delivery])
    _faults: defaultdict[str, deque[Exception | None]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _gates: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def give(self, *deliveries: Delivery) -> None:
        """Let deliveries arrive."""
        self._waiting.extend(deliveries)
        self.wake()

    def fail(self, what: str, *errors: Exception | None) -> None:
        """Let the next calls of `what` end like this, in turn; None is success."""
        self._faults[what].extend(errors)
        self.wake()

    def hold(self, what: str) -> asyncio.Event:
        """Let calls of `what` wait until the event is set."""
        return self._gates.setdefault(what, asyncio.Event())

    def wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def asked(self, entry: str) -> None:
        """Wait until something is in the journal."""
        await self.until(lambda: entry in self.journal)

    async def until(self, condition: Callable[[], bool], *, within: float = 5) -> None:
        """Wait until it is so; looks again whenever something happens here."""
        async with asyncio.timeout(within):
            while not condition():
                await self._changed.wait()

    async def perform(self, what: str, *details: object) -> None:
        """Enter it into the journal, once it may go on; raise what was planned instead."""
        if what in self._gates:
            await self._gates[what].wait()
        fault = self._faults[what].popleft() if self._faults[what] else None
        mark = " ".join(map(str, [what, *details]))
        self.journal.append(f"{mark} ! {type(fault).__name__}" if fault else mark)
        self.wake()
        if fault is not None:
            raise fault

    def is_failing(self, what: str) -> bool:
        return bool(self._faults[what])

    def take(self) -> Delivery | None:
        return self._waiting.popleft() if self._waiting else None

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        again = [replace(delivery, redelivered=True) for delivery in deliveries]
        self._waiting.extendleft(reversed(again))

    async def changed(self) -> None:
        await self._changed.wait()

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        for event in events:
            if event_type(type(event)) in self.unroutable:
                raise UnroutableError(event_type(type(event)))
        if events:
            await self.perform("publish", *(event.id.int for event in events))
            self.published += events

    async def hint(self, events: Sequence[BaseEvent]) -> None:
        if events:
            await self.perform("hint", *(event.id.int for event in events))

    async def reply(self, delivery: Delivery, answer: BaseEvent) -> None:
        await self.perform("reply", delivery.reply_to, answer.id.int)

    @asynccontextmanager
    async def subscribe(
        self, queue: str, *, prefetch: int
    ) -> AsyncGenerator["ScriptedSubscription"]:
        await self.perform("subscribe", queue, prefetch)
        subscription = ScriptedSubscription(self)
        try:
            yield subscription
        finally:
            self.give_back(list(subscription.open.values()))

    # What a consumer has no use for.

    def listen(self, *types: type[BaseEvent]) -> NoReturn:
        raise NotImplementedError

    def observe(self) -> NoReturn:
        raise NotImplementedError

    async def request(self, event: BaseEvent, *, timeout: timedelta) -> NoReturn:  # noqa: ASYNC109  # the port's
        raise NotImplementedError

    async def dead_letters(self, queue: str, *, limit: int = 100) -> NoReturn:
        raise NotImplementedError

    async def replay(self, queue: str, *, ids: Sequence[str] | None = None) -> NoReturn:
        raise NotImplementedError

    async def depth(self, queue: str) -> NoReturn:
        raise NotImplementedError

    async def ping(self) -> None:
        """Return: it is always here."""

    async def close(self) -> None:
        """Do nothing: nothing is open."""


class ScriptedSubscription:
    """Implements `Subscription`; tags are those of the script."""

    def __init__(self, broker: ScriptedBroker) -> None:
        self._broker = broker
        self._stopped = False
        self.open: dict[int, Delivery] = {}

    async def next(self) -> Delivery | None:
        while not self._stopped:
            if self._broker.is_failing("next"):
                await self._broker.perform("next")
            delivery = self._broker.take()
            if delivery is not None:
                self.open[delivery.tag] = delivery
                return delivery
            await self._broker.changed()
        return None

    def ready(self, limit: int) -> list[Delivery]:
        found: list[Delivery] = []
        while len(found) < limit and (delivery := self._broker.take()) is not None:
            self.open[delivery.tag] = delivery
            found.append(delivery)
        return found

    async def ack(self, tag: int, *, multiple: bool = False) -> None:
        await self._broker.perform("ack", -tag if multiple else tag)
        for settled in [each for each in self.open if each <= tag] if multiple else [tag]:
            del self.open[settled]

    async def retry(self, delivery: Delivery) -> None:
        await self._check_open(delivery)
        await self._broker.perform("retry", delivery.tag)

    async def bury(self, delivery: Delivery, reason: str) -> None:
        await self._check_open(delivery)
        await self._broker.perform("bury", delivery.tag, reason)

    async def stop(self) -> None:
        self._stopped = True
        self._broker.wake()

    async def _check_open(self, delivery: Delivery) -> None:
        if delivery.tag not in self.open:
            raise AwayError(f"delivery {delivery.tag} is not open")
