"""A browser's event stream, event by event; the test client for the rest waits for an end."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
from starlette.types import ASGIApp, Message

from handoff_common.events import ConversationChanged, OwnerKind

from .world import CONSOLE, World

HOST = CONSOLE.removeprefix("https://").encode()
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as `EventSource` gives it, or a comment (without a name)."""

    name: str
    data: dict[str, Any]
    id: str | None


@dataclass
class Stream:
    """What came of one request; `stuck` lets the reader take nothing more."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    reads: asyncio.Event = field(default_factory=asyncio.Event)
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    _bodies: "asyncio.Queue[bytes]" = field(default_factory=asyncio.Queue[bytes])

    def __post_init__(self) -> None:
        self.reads.set()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        await self.reads.wait()
        if message["body"]:
            self._bodies.put_nowait(message["body"])

    async def receive(self) -> Message:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def next(self, within: float = 5) -> Event:
        """Return the next event; comments count."""
        async with asyncio.timeout(within):
            return _event((await self._bodies.get()).decode())

    def rest(self) -> list[Event]:
        """Return what has come and was not read."""
        return [_event(self._bodies.get_nowait().decode()) for _ in range(self._bodies.qsize())]

    async def ends(self, within: float = 5) -> None:
        async with asyncio.timeout(within):
            await self.is_over.wait()


def _event(block: str) -> Event:
    assert block.endswith("\n\n")
    lines = [line.partition(": ") for line in block.removesuffix("\n\n").split("\n")]
    fields = {name: value for name, _, value in lines}
    return Event(fields.get("event", ""), json.loads(fields.get("data", "{}")), fields.get("id"))


@asynccontextmanager
async def stream(
    app: ASGIApp,
    browser: httpx2.AsyncClient | None = None,
    query: Query = (),
    *,
    last: str = "",
    stopping: asyncio.Event | None = None,
) -> AsyncGenerator[Stream]:
    """Open `/api/feed` as a browser does; leave it in the end."""
    opened = Stream()
    headers: Mapping[str, str] = {"last-event-id": last} if last else {}
    cookies = "" if browser is None else "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "https", "path": "/api/feed", "raw_path": b"/api/feed", "root_path": "",
        "query_string": urlencode(query).encode(), "client": ("203.0.113.7", 50000),
        "headers": [(b"host", HOST), (b"cookie", cookies.encode()),
                    *((name.encode(), value.encode()) for name, value in headers.items())],
        "extensions": {} if stopping is None else {"handoff.stopping": stopping},
    }  # fmt: skip

    async def run() -> None:
        try:
            await app(scope, opened.receive, opened.send)
        finally:
            opened.is_over.set()

    running = asyncio.create_task(run())
    try:
        yield opened
    finally:
        opened.leave.set()
        opened.reads.set()
        await asyncio.wait_for(running, 5)


async def listening(house: World) -> None:
    await asyncio.wait_for(house.router.is_heard.wait(), 5)


def changed(
    conversation: UUID, version: int, owner: OwnerKind = "waiting", operator: UUID | None = None
) -> ConversationChanged:
    return ConversationChanged(
        id=uuid4(), time=datetime.now(UTC), conversation_id=conversation, version=version,
        owner=owner, operator_id=operator,
    )  # fmt: skip


async def hello(opened: Stream) -> str:
    """Read the first event; return its id."""
    event = await opened.next()
    assert (event.name, opened.status) == ("hello", 200)
    assert event.id is not None
    return event.id
