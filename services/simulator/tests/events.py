"""Reading a stream of server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    id: str
    data: dict[str, Any]


@dataclass
class Events:
    """One stream; comments are counted and not returned."""

    lines: AsyncIterator[str]
    beats: int = 0
    seen: list[Event] = field(default_factory=list[Event])

    async def next(self) -> Event | None:
        """Return the next event, or None when the stream has ended."""
        held: dict[str, str] = {}
        async with asyncio.timeout(10):
            async for line in self.lines:
                if line.startswith(":"):
                    self.beats += 1
                elif line:
                    name, _, value = line.partition(": ")
                    held[name] = value
                elif held:
                    event = Event(held["event"], held.get("id", ""), json.loads(held["data"]))
                    self.seen.append(event)
                    return event
        return None

    async def until(self, kind: str, **fields: object) -> Event:
        """Read on until there is an event of this kind with these fields."""
        while True:
            event = await self.next()
            assert event is not None, f"no {kind} with {fields} in {self.seen}"
            if event.kind == kind and fields.items() <= event.data.items():
                return event

    async def begun(self) -> None:
        """Wait until the stream has begun."""
        async with asyncio.timeout(10):
            async for line in self.lines:
                self.beats += line.startswith(":")
                return


@asynccontextmanager
async def following(
    client: httpx2.AsyncClient, *, last: str = "", **query: object
) -> AsyncGenerator[Events]:
    """Follow `/events`; returns once it has begun."""
    headers = {"Last-Event-ID": last} if last else {}
    params = {name: str(value) for name, value in query.items()}
    async with client.stream("GET", "/events", params=params, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = Events(answer.aiter_lines())
        await events.begun()
        yield events
