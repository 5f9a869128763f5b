"""Fixtures: an HTTP server in Twilio's place, and our channel to it."""

from collections.abc import AsyncGenerator

import pytest

from handoff_outbound.adapters.twilio import TwilioChannel

from .endpoint import Server, channel_at, listening


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with listening() as found:
        yield found


@pytest.fixture
async def channel(server: Server) -> AsyncGenerator[TwilioChannel]:
    found = channel_at(server.base)
    yield found
    await found.close()
