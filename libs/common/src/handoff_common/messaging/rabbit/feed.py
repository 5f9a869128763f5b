"""What one channel consumes, and the news that it no longer does."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import structlog
from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage

from handoff_common.errors import AwayError
from handoff_common.messaging.rabbit.faults import away_errors

log = structlog.get_logger()

OnMessage: TypeAlias = Callable[[DeliveredMessage], None]
OnLost: TypeAlias = Callable[[str], None]

_RPC_SECONDS = 5.0
_WATCH_SECONDS = 15.0


class Feed:
    """One consumer. The channel is its own: whatever ends the channel ends the feed."""

    def __init__(
        self, channel: AbstractChannel, queue: str, on_message: OnMessage, on_lost: OnLost
    ) -> None:
        self._channel = channel
        self._queue = queue
        self._on_message = on_message
        self._on_lost = on_lost
        self.tag = ""
        self._over = asyncio.Event()

    async def start(self, *, prefetch: int, no_ack: bool) -> None:
        with away_errors():
            # aio-pika's own consumer costs one more task a message, and keeps quiet when the broker
            # cancels it; so this talks to the library below.
            underlay = await self._channel.get_underlay_channel()
            self._channel.close_callbacks.add(self._closed)
            underlay.on_consumer_cancel_callbacks.add(self._cancelled)
            if prefetch:
                await underlay.basic_qos(prefetch_count=prefetch, timeout=_RPC_SECONDS)
            started = await underlay.basic_consume(
                self._queue, self._arrived, no_ack=no_ack, timeout=_RPC_SECONDS
            )
        self.tag = started.consumer_tag or ""

    async def cancel(self) -> None:
        """Ask for no more; what is on its way has arrived when this returns."""
        self._over.set()
        with away_errors():
            underlay = await self._channel.get_underlay_channel()
            await underlay.basic_cancel(self.tag, timeout=_RPC_SECONDS)

    async def watch(self, *, every: float) -> None:
        """Look now and then whether anybody consumes the queue.

        A broker can lose a consumer without telling it (rabbitmq-server #5927, #15473). It only
        tells how many there are, so this notices when we were the last one.
        """
        while not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await self._over.wait()
                    return
            try:
                with away_errors():
                    underlay = await self._channel.get_underlay_channel()
                    found = await underlay.queue_declare(
                        self._queue, passive=True, timeout=_RPC_SECONDS
                    )
            except AwayError as error:
                self._lost(str(error))
            else:
                if not found.consumer_count:
                    self._lost("consumer gone")

    def end(self) -> None:
        """Expect the channel to be closed."""
        self._over.set()

    async def _arrived(self, message: DeliveredMessage) -> None:
        self._on_message(message)

    async def _cancelled(self, _frame: object) -> None:
        self._lost("cancelled by the broker")

    def _closed(self, _channel: object, _error: object) -> None:
        self._lost("channel closed")

    def _lost(self, reason: str) -> None:
        if not self._over.is_set():
            self._over.set()
            log.warning("consumer.lost", queue=self._queue, reason=reason)
        self._on_lost(reason)


@asynccontextmanager
async def feeding(
    channel: AbstractChannel,
    queue: str,
    on_message: OnMessage,
    on_lost: OnLost,
    *,
    prefetch: int = 0,
) -> AsyncGenerator[Feed]:
    """Consume a queue in the block. Without a prefetch, what comes counts as settled."""
    feed = Feed(channel, queue, on_message, on_lost)
    await feed.start(prefetch=prefetch, no_ack=not prefetch)
    watching = asyncio.create_task(feed.watch(every=_WATCH_SECONDS))
    try:
        yield feed
    finally:
        feed.end()
        await watching
