"""A TCP relay between a client and a server, which a test can cut or stall."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Forwards to a server until it is cut; opened again, it has the same address."""

    def __init__(self, url: str) -> None:
        """Take the URL of the server."""
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The server's URL, through the relay."""
        user = self._parts.netloc.rpartition("@")[0]
        host = f"{user}@127.0.0.1:{self._port}" if user else f"127.0.0.1:{self._port}"
        return urlunsplit(self._parts._replace(netloc=host))

    async def open(self) -> None:
        """Accept connections, again after a cut."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Close every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        for call in tuple(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def stall(self) -> None:
        """Keep connections open, but forward nothing: as a frozen server or a dead network does."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.ensure_future(self._call(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            there = await asyncio.open_connection(self._parts.hostname, self._parts.port or 5672)
            ends.append(there[1])
            await _first_of(self._pump(reader, there[1]), self._pump(there[0], writer))
        except OSError:
            return  # the server is away: so are we
        finally:
            for end in ends:
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()


async def _first_of(*pumps: Coroutine[object, object, None]) -> None:
    """Run until one ends, and end the others."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def relay_to(url: str) -> AsyncGenerator[Relay]:
    """Open a relay for the block."""
    relay = Relay(url)
    await relay.open()
    try:
        yield relay
    finally:
        await relay.cut()
