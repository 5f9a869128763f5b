"""What arrived on the customers' phones, and when: the other end of every measurement."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import cast

from bench.wire import Caller, take

_TO = re.compile(rb"To=whatsapp%3A%2B(\d+)")
_PAGE = 5000
_CREATED = b'{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}'
_ANSWER = (
    b"HTTP/1.1 201 CREATED\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    % (len(_CREATED), _CREATED)
)


class Inbox:
    """Answers by customer (digits only)."""

    def __init__(self) -> None:
        self.counts = Counter[str]()
        self._waiting: dict[str, asyncio.Queue[float]] = {}

    def expect(self, customer: str) -> None:
        """Keep this customer's answers for `answered`."""
        self._waiting.setdefault(customer, asyncio.Queue())

    async def answered(self, customer: str) -> float:
        """Wait for the next answer to an expected customer; return its time (`time.time()`)."""
        return await self._waiting[customer].get()

    def put(self, customer: str, at: float) -> None:
        self.counts[customer] += 1
        if customer in self._waiting:
            self._waiting[customer].put_nowait(at)


class _Stub(asyncio.Protocol):
    """Accepts every message at once: all of Twilio that a floor program needs."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (taken := take(self._buffer)) is not None and self._transport is not None:
            found = _TO.search(taken[1])
            if found:
                self._inbox.put(found[1].decode(), time.time())
            self._transport.write(_ANSWER)


@asynccontextmanager
async def stub(inbox: Inbox, port: int) -> AsyncGenerator[str]:
    """Run the floor's Twilio in this process; yield its URL."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Stub(inbox), "127.0.0.1", port, backlog=1000)
    async with server:
        yield f"http://127.0.0.1:{port}/"


class Record:
    """Reads what the simulator accepted, by its own times, as it comes."""

    def __init__(self, simulator_url: str, inbox: Inbox) -> None:
        self._caller = Caller(simulator_url)
        self._inbox = inbox
        self._after = 0
        self.message_ids = Counter[str]()

    async def read(self) -> None:
        """Read everything that is new."""
        more = True
        while more:
            page = json.loads(await self._caller.get(f"/record?after={self._after}&limit={_PAGE}"))
            for entry in page["messages"]:
                self._after = entry["number"]
                self.message_ids[entry["mid"]] += 1
                at = datetime.fromisoformat(entry["created_at"]).timestamp()
                self._inbox.put(entry["recipient"].removeprefix("whatsapp:+"), at)
            more = page["next"] is not None

    @asynccontextmanager
    async def reading(self, every: float) -> AsyncGenerator[None]:
        """Read every so many seconds beside the block: that is a part of the simulator's cost."""
        await self.read()
        task = asyncio.create_task(self._poll(every))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _poll(self, every: float) -> None:
        while True:
            await self.read()
            await asyncio.sleep(every)
