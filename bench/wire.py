"""HTTP/1.1 at the lowest price in Python: one request at a time on a kept connection, raw bytes.

The generator shares the machine with what it measures, so what it costs is taken away from that.
"""

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def take(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Take one whole message (head, body) off the buffer, if there is one.

    Only with `Content-Length`: everything that we talk to sends it.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    found = _LENGTH.search(head)
    whole = end + 4 + (int(found[1]) if found else 0)
    if len(buffer) < whole:
        return None
    body = bytes(buffer[end + 4 : whole])
    del buffer[:whole]
    return head, body


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = False

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._transport is None or not self.is_open:
            raise ConnectionError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        taken = take(self._buffer)
        if taken is not None and self._answer is not None and not self._answer.done():
            head, body = taken
            self._answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError())


class Caller:
    """A client with one connection to one server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "127.0.0.1", parts.port or 80
        self._connection = _Connection()

    async def call(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body; once more on a new connection when the kept one had ended.

        Raises `OSError` if the server can't be reached.
        """
        try:
            return await self._connection.exchange(request)
        except ConnectionError:
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(_Connection, *self._address)
            return await self._connection.exchange(request)

    async def get(self, path: str) -> bytes:
        """Return a body. Raises `OSError`, and `ValueError` for another status than 200."""
        request = f"GET {path} HTTP/1.1\r\nHost: {self._address[0]}\r\n\r\n"
        status, body = await self.call(request.encode())
        if status != 200:
            raise ValueError(f"{path} answered {status}")
        return body

    def close(self) -> None:
        self._connection.close()
