"""Answers to requests: one queue for this instance, and who waits for which."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from uuid import uuid4

from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage

from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.rabbit.feed import feeding
from handoff_common.messaging.rabbit.link import Link


class Answers:
    """Opened with the first request, and again after it was lost: those who wait then get none."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._address = ""
        self._waiting: dict[str, asyncio.Future[bytes]] = {}

    async def address(self) -> str:
        """Return the queue that answers come to. Raises `AwayError`."""
        async with self._opening:
            if not self._address:
                await self._stack.aclose()
                self._address = await self._stack.enter_async_context(self._listening())
            return self._address

    @contextmanager
    def expected(self, correlation: str) -> Generator[asyncio.Future[bytes]]:
        """Catch the answer to one request."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[correlation] = answer
        try:
            yield answer
        finally:
            del self._waiting[correlation]

    async def close(self) -> None:
        await self._stack.aclose()

    @asynccontextmanager
    async def _listening(self) -> AsyncGenerator[str]:
        name = f"replies.{uuid4().hex}"
        async with self._link.private_channel() as channel:
            await own_queue(channel, name)
            async with feeding(channel, name, self._arrived, self._lost):
                yield name

    def _arrived(self, message: DeliveredMessage) -> None:
        correlation = message.header.properties.correlation_id or ""
        answer = self._waiting.get(correlation)
        if answer is not None and not answer.done():
            answer.set_result(message.body)

    def _lost(self, _reason: str) -> None:
        self._address = ""


async def own_queue(channel: AbstractChannel, name: str) -> None:
    """Declare a queue that lives and dies with this connection."""
    with away_errors():
        await channel.declare_queue(
            name,
            exclusive=True,
            auto_delete=True,
            arguments={"x-queue-type": "classic", "x-max-length": 10_000},
            timeout=5,
        )
