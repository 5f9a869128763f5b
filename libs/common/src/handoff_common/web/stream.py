"""A response without an end: server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from handoff_common.errors import AwayError
from handoff_common.lifecycle import stopping

STUCK_SECONDS = 30.0
"""A reader that takes nothing for so long, while more than its buffers hold waits, is cut."""
_GOODBYE_SECONDS = 0.5


class EventStream(StreamingResponse):
    """Sends until its events end, the reader leaves, or the server stops; then at once.

    What goes wrong before the first event is an ordinary error of the request.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[bytes], *, stuck_seconds: float = STUCK_SECONDS
    ) -> None:
        # A proxy that collects a whole answer first would never pass one on.
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._events = events
        self._stuck_seconds = stuck_seconds
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send_all(send))
        ends = [asyncio.create_task(_left(receive)), asyncio.create_task(stopping(scope).wait())]
        try:
            await asyncio.wait([sending, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, *ends):
                task.cancel()
            await asyncio.gather(sending, *ends, return_exceptions=True)
        error = None if sending.cancelled() else sending.exception()
        if error is not None:
            raise error
        if not self._started:
            raise AwayError("stopping")
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            async for event in events:
                if not self._started:
                    self._started = True
                    await send(self._head())
                try:
                    async with asyncio.timeout(self._stuck_seconds):
                        await send({"type": "http.response.body", "body": event, "more_body": True})
                except TimeoutError:
                    return

    def _head(self) -> dict[str, object]:
        return {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }


async def _left(receive: Receive) -> None:
    """Return once the reader has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
