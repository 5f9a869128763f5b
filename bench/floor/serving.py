"""The web server of the floor programs: the product's own (uvicorn, uvloop, httptools), bare."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

Handle: TypeAlias = Callable[[bytes], Awaitable[None]]
"""What is done with a request's body before it is answered."""

_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response />'
_HEADERS = [(b"content-type", b"text/xml"), (b"content-length", str(len(_TWIML)).encode())]


async def nothing(_: bytes) -> None:
    """Do nothing with it."""


@asynccontextmanager
async def just_nothing() -> AsyncGenerator[Handle]:
    yield nothing


def serve(opened: AbstractAsyncContextManager[Handle]) -> None:
    """Answer every POST on `PORT` after handling its body, and GET (the readiness) at once."""
    uvloop.run(_serve(opened, int(os.environ["PORT"])))


async def _serve(opened: AbstractAsyncContextManager[Handle], port: int) -> None:
    async with opened as handle:

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            body, more = b"", True
            while more:
                part = await receive()
                body += part.get("body", b"")
                more = part.get("more_body", False)
            if scope["method"] == "POST":
                await handle(body)
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": _TWIML})

        config = uvicorn.Config(app, port=port, access_log=False, log_config=None, lifespan="off")
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    serve(just_nothing())
