"""An operator's live feed, read event by event."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2

Json = dict[str, Any]


@dataclass
class Stream:
    """What one connection was told."""

    events: list[Json] = field(default_factory=list[Json])
    last: str = ""
    """The id of the last event: what a browser sends when it comes back."""
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self, lines: AsyncIterator[str]) -> None:
        try:
            async for line in lines:
                name, _, value = line.partition(": ")
                async with self._came:
                    if name == "data":
                        self.events.append(json.loads(value))
                    elif name == "id":
                        self.last = value
                    self._came.notify_all()
        except httpx2.HTTPError:
            pass  # the server is gone: an end as any other
        finally:
            self.is_over.set()

    async def until(self, fits: Callable[[Json], bool], *, seconds: float = 30) -> Json:
        """Return the first event that fits, as soon as it is there."""

        def found() -> Json | None:
            return next((event for event in self.events if fits(event)), None)

        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: found() is not None)
        event = found()
        assert event is not None
        return event

    async def hello(self) -> Json:
        return await self.until(lambda event: event["type"] == "hello")

    async def conversation(self, conversation: str, **facts: object) -> Json:
        """Return what was told of a conversation, with these facts."""
        wanted = {"conversation_id": conversation, **facts}
        return await self.until(lambda event: wanted.items() <= event.items())


@asynccontextmanager
async def streaming(
    client: httpx2.AsyncClient, *, last: str, query: Mapping[str, object]
) -> AsyncGenerator[Stream]:
    """Open the feed and read it beside the block; raises for any answer but 200."""
    stream = Stream()
    headers = {"Last-Event-ID": last} if last else {}
    params = cast("Any", query)
    opening = client.stream("GET", "/api/feed", params=params, headers=headers, timeout=60)
    async with opening as answer:
        assert answer.status_code == 200, await answer.aread()
        reading = asyncio.create_task(stream.read(answer.aiter_lines()))
        try:
            await stream.hello()
            yield stream
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
