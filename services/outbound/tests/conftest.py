"""Fixtures: an HTTP server in Twilio's place, our channel to it, and databases."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from handoff_common.testing.postgres import Postgres
from handoff_outbound.adapters.twilio import TwilioChannel

from .books import Books, postgres_books, sqlite_books
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


@pytest.fixture
async def in_sqlite(tmp_path: Path) -> AsyncGenerator[Books]:
    async with sqlite_books(tmp_path) as opened:
        yield opened


@pytest.fixture
async def in_postgres(postgres: Postgres) -> AsyncGenerator[Books]:
    async with postgres_books(postgres) as opened:
        yield opened
