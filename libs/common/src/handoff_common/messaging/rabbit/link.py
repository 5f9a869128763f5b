"""One connection, opened when it is needed and again when it was lost."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from aio_pika import Connection
from aio_pika.abc import AbstractChannel, AbstractConnection
from yarl import URL

from handoff_common.errors import AwayError
from handoff_common.messaging.rabbit.faults import away_errors

log = structlog.get_logger()

_HEARTBEAT_SECONDS = 10
"""A peer that is silent for three of them and a bit is dead: 33 s, measured."""
_OPEN_SECONDS = 5.0
_FIRST_BACKOFF, _LAST_BACKOFF = 0.1, 2.0


class Link:
    """A plain connection, nothing restored: a consumer must know that it lost its deliveries."""

    def __init__(self, url: str, name: str) -> None:
        self._url = URL(url).update_query(heartbeat=str(_HEARTBEAT_SECONDS), name=name)
        self._name = name
        self._connection: AbstractConnection | None = None
        self._channels: dict[bool, AbstractChannel] = {}
        self._opening = asyncio.Lock()
        self._failures = 0
        self._backoff = 0.0
        self._not_before = 0.0
        self._closed = False

    async def channel(self, *, confirms: bool) -> AbstractChannel:
        """Return the one channel with or without publisher confirms. Raises `AwayError`."""
        channel = self._channels.get(confirms)
        if channel is not None and not channel.is_closed:
            return channel
        async with self._turn():
            channel = self._channels.get(confirms)
            if channel is None or channel.is_closed:
                channel = await self._new_channel(confirms=confirms)
                self._channels[confirms] = channel
            return channel

    @asynccontextmanager
    async def private_channel(self) -> AsyncGenerator[AbstractChannel]:
        """Open a channel of one's own; what was not settled on it goes back in the end."""
        async with self._turn():
            channel = await self._new_channel(confirms=False)
        try:
            yield channel
        finally:
            with suppress(AwayError), away_errors():
                await channel.close()

    async def unblocked(self) -> None:
        """Wait until the broker reads what we write: under an alarm it blocks who publishes."""
        async with self._turn():
            connection = await self._ready()
        if connection.transport is None:
            raise AwayError("closed")
        with away_errors():
            await connection.transport.ready()

    async def close(self) -> None:
        self._closed = True
        async with self._opening:
            await self._drop()

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Open one at a time; those who waited for an attempt that failed share its failure."""
        failures = self._failures
        async with self._opening:
            if self._failures != failures:
                raise AwayError("broker")
            try:
                yield
            except AwayError:
                self._failures += 1
                raise

    async def _new_channel(self, *, confirms: bool) -> AbstractChannel:
        connection = await self._ready()
        with away_errors():
            async with asyncio.timeout(_OPEN_SECONDS):
                return await connection.channel(
                    publisher_confirms=confirms, on_return_raises=confirms
                )

    async def _ready(self) -> AbstractConnection:
        connection = self._connection
        if connection is None or connection.is_closed or not connection.connected.is_set():
            await self._drop()
            connection = self._connection = await self._open()
        return connection

    async def _open(self) -> AbstractConnection:
        if self._closed:
            raise AwayError("closed")
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._not_before - loop.time()))
        connection = Connection(self._url)
        try:
            with away_errors():
                await connection.connect(timeout=_OPEN_SECONDS)
        except BaseException:
            self._backoff = min(_LAST_BACKOFF, self._backoff * 2 or _FIRST_BACKOFF)
            self._not_before = loop.time() + self._backoff
            await connection.close()
            raise
        self._backoff = 0.0
        log.info("broker.connected", link=self._name)
        return connection

    async def _drop(self) -> None:
        self._channels.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(AwayError), away_errors():
                await connection.close()
