"""Cutting a connection: what the client sees when the network dies, not an answer.

ASGI has no word for it: an application that returns, or raises, makes the server answer 500. So
this takes uvicorn's transport, which `receive` belongs to in both of its HTTP implementations.
Starlette and FastAPI hand `receive` down as it is, through `Mount` too; a middleware that wraps it
(Starlette's `BaseHTTPMiddleware`) is in the way.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response


async def cut(request: Request) -> Response:
    """Reset the connection of a request that was read to its end.

    The client gets a reset and not one byte. Return the result from the endpoint: it goes nowhere.
    Raises `RuntimeError` where the transport is out of reach.
    """
    cycle = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("not under uvicorn, or a middleware wraps `receive`: can't cut")
    transport.abort()
    await _end(request)
    return Response(status_code=500)


async def outlasted(request: Request, seconds: float) -> bool:
    """Wait, and tell whether the client of a request that was read to its end waited too."""
    try:
        async with asyncio.timeout(seconds):
            await _end(request)
    except TimeoutError:
        return True
    return False


async def _end(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
