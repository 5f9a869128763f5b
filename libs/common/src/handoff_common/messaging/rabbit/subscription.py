"""One consumer of one queue on RabbitMQ."""

import asyncio
from contextlib import suppress

from aiormq.abc import AbstractChannel as Underlay
from aiormq.abc import DeliveredMessage

from handoff_common.errors import AwayError
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.broker import Delivery
from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.rabbit.feed import Feed
from handoff_common.messaging.rabbit.messages import buried, delivery_of, retried
from handoff_common.messaging.rabbit.names import DEAD, delay_name
from handoff_common.messaging.rabbit.publisher import Post, Publisher
from handoff_common.messaging.topology import Topology

_ACK_SECONDS = 5.0
"""A frame that can't be written for so long: the library would let us wait for ever."""


class RabbitSubscription:
    """Implements `Subscription`."""

    def __init__(
        self, queue: str, underlay: Underlay, publisher: Publisher, topology: Topology
    ) -> None:
        self._queue = queue
        self._underlay = underlay
        self._publisher = publisher
        self._topology = topology
        self._feed: Feed | None = None
        self._arrivals: Arrivals[DeliveredMessage] = Arrivals()
        self._open: dict[int, DeliveredMessage] = {}
        self._unread: list[DeliveredMessage] = []
        self._stopped = False
        self._reason = ""

    async def next(self) -> Delivery | None:
        message = await self._arrivals.next()
        return None if message is None else self._hand_out(message)

    def ready(self, limit: int) -> list[Delivery]:
        return [self._hand_out(message) for message in self._arrivals.take(limit)]

    def _hand_out(self, message: DeliveredMessage) -> Delivery:
        delivery = delivery_of(message, self._queue)
        self._open[delivery.tag] = message
        return delivery

    async def ack(self, tag: int, *, multiple: bool = False) -> None:
        self._message(tag)
        with away_errors():
            async with asyncio.timeout(_ACK_SECONDS):
                await self._underlay.basic_ack(tag, multiple=multiple, wait=False)
        for settled in [each for each in self._open if each <= tag] if multiple else [tag]:
            self._open.pop(settled, None)

    async def retry(self, delivery: Delivery) -> None:
        message = self._message(delivery.tag)
        exchange = delay_name(self._topology.delay_of(delivery.attempt))
        await self._publisher.confirmed([Post(exchange, self._queue, retried(message))])

    async def bury(self, delivery: Delivery, reason: str) -> None:
        message = self._message(delivery.tag)
        await self._publisher.confirmed([Post(DEAD, self._queue, buried(message, reason))])

    async def stop(self) -> None:
        if self._stopped or self._feed is None:
            return
        self._stopped = True
        self._unread += self._arrivals.take_all()
        try:
            with suppress(AwayError), away_errors():  # if it is away, they went back already
                await self._feed.cancel()
                for message in self._unread:
                    if message.delivery_tag is not None:
                        await self._underlay.basic_nack(message.delivery_tag, wait=False)
        finally:
            self._arrivals.end()

    def begin(self, feed: Feed) -> None:
        self._feed = feed

    def arrived(self, message: DeliveredMessage) -> None:
        if self._stopped:
            self._unread.append(message)
        else:
            self._arrivals.put(message)

    def lose(self, reason: str) -> None:
        """Hand out and settle nothing more: the broker delivers it to somebody else."""
        self._reason = self._reason or reason
        self._open.clear()
        self._arrivals.lose(reason)

    def _message(self, tag: int) -> DeliveredMessage:
        if self._reason:
            raise AwayError(self._reason)
        if tag not in self._open:
            raise ValueError(f"delivery {tag} is not open")
        return self._open[tag]
