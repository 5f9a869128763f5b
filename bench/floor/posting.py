"""A floor's messages, and the way out."""

import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import aiohttp

Post: TypeAlias = Callable[[bytes], Awaitable[None]]

_CUSTOMER = re.compile(rb"From=whatsapp%3A%2B(\d+)")
_EVENT_BYTES = 570
"""What `customer.wrote` weighs."""


def event_of(form: bytes) -> bytes:
    """Return a message of a real one's size, made of who wrote. Raises `ValueError` for nobody."""
    found = _CUSTOMER.search(form)
    if found is None:
        raise ValueError("nobody wrote")
    return found[1].ljust(_EVENT_BYTES)


@asynccontextmanager
async def posting() -> AsyncGenerator[Post]:
    """Yield what answers the customer of an event at `STUB_URL`; nothing where that is not set."""
    url = os.environ.get("STUB_URL")
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    async def post(event: bytes) -> None:
        form = b"To=whatsapp%%3A%%2B%s&Body=Sim%%2C+das+8h+ao+meio-dia." % event.rstrip()
        if url:
            async with session.post(url, data=form) as answer:
                await answer.read()

    async with session:
        yield post
