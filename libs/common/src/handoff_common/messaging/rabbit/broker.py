"""The broker port on RabbitMQ."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import structlog
from aiormq.abc import DeliveredMessage

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import BaseEvent, event_type
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.broker import DeadLetter, Delivery
from handoff_common.messaging.lookout import Lookout
from handoff_common.messaging.rabbit.answers import Answers, own_queue
from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.rabbit.feed import feeding
from handoff_common.messaging.rabbit.letters import list_letters, replay_letters
from handoff_common.messaging.rabbit.link import Link
from handoff_common.messaging.rabbit.messages import message_of
from handoff_common.messaging.rabbit.names import EVENTS, HINTS, OBSERVER, declare
from handoff_common.messaging.rabbit.publisher import Post, Publisher
from handoff_common.messaging.rabbit.subscription import RabbitSubscription
from handoff_common.messaging.topology import TOPOLOGY, Topology

log = structlog.get_logger()

_RPC_SECONDS = 5.0
_BLOCKED_SECONDS = 5.0
_HINTS = 1000
"""Hints that a slow listener may have waiting before it loses the oldest."""


class RabbitHints:
    """Implements `Hints`."""

    def __init__(self) -> None:
        self.arrivals: Arrivals[bytes] = Arrivals(bound=_HINTS)

    async def next(self) -> bytes:
        hint = await self.arrivals.next()
        if hint is None:
            raise AwayError("ended")
        return hint

    def arrived(self, message: DeliveredMessage) -> None:
        self.arrivals.put(message.body)


class RabbitBroker:
    """Implements `Broker`. Connects when it is first used."""

    def __init__(
        self,
        url: str,
        topology: Topology = TOPOLOGY,
        *,
        source: str = "handoff",
        publish_seconds: float = 5.0,
    ) -> None:
        """`source` names the service, in the headers of its events and in its connections."""
        self._topology = topology
        self._source = source
        # An alarm of the broker stops whoever publishes: acknowledgements must not wait behind it.
        self._publishing = Link(url, f"{source} publishes")
        self._consuming = Link(url, f"{source} consumes")
        self._publisher = Publisher(self._publishing, seconds=publish_seconds)
        self._answers = Answers(self._consuming)

    async def declare(self) -> None:
        """Declare the topology, again and again if you like. Raises like `names.declare`."""
        async with self._consuming.private_channel() as channel:
            await declare(channel, self._topology)

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        # All are looked at before any is sent, so that a batch with a mistake in it has no effect.
        for event in events:
            self._check_routed(event)
        await self._publisher.confirmed([self._post(event) for event in events])

    def _check_routed(self, event: BaseEvent) -> None:
        wire_type = event_type(type(event))
        if not self._topology.queues_of(wire_type):
            raise UnroutableError(wire_type)

    def _post(self, event: BaseEvent, *, reply_to: str = "", correlation: str = "") -> Post:
        message = message_of(event, source=self._source, reply_to=reply_to, correlation=correlation)
        return Post(EVENTS, event_type(type(event)), message)

    async def hint(self, events: Sequence[BaseEvent]) -> None:
        await self._publisher.transient(
            [
                Post(
                    HINTS,
                    event_type(type(event)),
                    message_of(event, source=self._source, durable=False),
                )
                for event in events
            ]
        )

    @asynccontextmanager
    async def subscribe(self, queue: str, *, prefetch: int) -> AsyncGenerator[RabbitSubscription]:
        self._topology.check(queue)
        async with self._consuming.private_channel() as channel:
            subscription = RabbitSubscription(
                queue, await channel.get_underlay_channel(), self._publisher, self._topology
            )
            async with feeding(
                channel, queue, subscription.arrived, subscription.lose, prefetch=prefetch
            ) as feed:
                subscription.begin(feed)
                yield subscription

    @asynccontextmanager
    async def listen(self, *types: type[BaseEvent]) -> AsyncGenerator[RabbitHints]:
        hints = RabbitHints()
        name = f"hints.{uuid4().hex}"
        async with self._consuming.private_channel() as channel:
            await own_queue(channel, name)
            underlay = await channel.get_underlay_channel()
            with away_errors():
                for each in types:
                    await underlay.queue_bind(name, HINTS, event_type(each), timeout=_RPC_SECONDS)
            async with feeding(channel, name, hints.arrived, hints.arrivals.lose):
                yield hints
        if hints.arrivals.dropped:
            log.warning("hints.dropped", count=hints.arrivals.dropped)

    @asynccontextmanager
    async def observe(self) -> AsyncGenerator[Lookout]:
        lookout, name = Lookout(), f"{OBSERVER}.{uuid4().hex}"

        def arrived(message: DeliveredMessage) -> None:
            lookout.saw(message.header.properties.message_type or "", message.body)

        async with self._consuming.private_channel() as channel:
            underlay = await channel.get_underlay_channel()
            with away_errors():
                for queue in self._topology.queues:
                    await underlay.queue_declare(queue, passive=True, timeout=_RPC_SECONDS)
            # Not before: one that nobody came to consume would stay until the connection ends.
            await own_queue(channel, name)
            with away_errors():
                for exchange in (EVENTS, HINTS):
                    await underlay.queue_bind(name, exchange, "#", timeout=_RPC_SECONDS)
            async with feeding(channel, name, arrived, lookout.lose):
                yield lookout

    async def request(self, event: BaseEvent, *, timeout: timedelta) -> bytes | None:  # noqa: ASYNC109
        deadline = asyncio.get_running_loop().time() + timeout.total_seconds()
        self._check_routed(event)
        correlation = uuid4().hex
        with self._answers.expected(correlation) as answer:
            reply_to = await self._answers.address()
            await self._publisher.confirmed(
                [self._post(event, reply_to=reply_to, correlation=correlation)]
            )
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    return await answer
        return None

    async def reply(self, delivery: Delivery, answer: BaseEvent) -> None:
        if delivery.reply_to:
            message = message_of(
                answer, source=self._source, correlation=delivery.correlation, durable=False
            )
            await self._publisher.transient([Post("", delivery.reply_to, message)])

    async def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        self._topology.check(queue)
        async with self._consuming.private_channel() as channel:
            return await list_letters(channel, queue, limit)

    async def replay(self, queue: str, *, ids: Sequence[str] | None = None) -> int:
        self._topology.check(queue)
        chosen = None if ids is None else frozenset(ids)
        async with self._consuming.private_channel() as channel:
            return await replay_letters(channel, self._publisher, queue, chosen)

    async def depth(self, queue: str) -> int:
        self._topology.check(queue)
        underlay = await (await self._consuming.channel(confirms=False)).get_underlay_channel()
        with away_errors():
            found = await underlay.queue_declare(queue, passive=True, timeout=_RPC_SECONDS)
        return found.message_count or 0

    async def ping(self) -> None:
        with away_errors():
            async with asyncio.timeout(_BLOCKED_SECONDS):
                await self._publishing.unblocked()
        underlay = await (await self._consuming.channel(confirms=False)).get_underlay_channel()
        with away_errors():
            await underlay.exchange_declare(EVENTS, passive=True, timeout=_RPC_SECONDS)

    async def close(self) -> None:
        await self._answers.close()
        await self._publishing.close()
        await self._consuming.close()
