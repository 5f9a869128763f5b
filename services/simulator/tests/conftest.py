"""Fixtures: one simulator for each file, as new for each test."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from .world import Site, site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Site]:
    async with site(tmp_path_factory.mktemp("simulator") / "simulator.db") as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def simulator(running: Site) -> Site:
    """Return a simulator that knows nothing yet, has Twilio's default policy, and does not dawdle.

    A test that uses it runs in the event loop of its module.
    """
    await running.http.delete("/record")
    await running.faults(callback_delay_ms=[0, 0])
    running.product.forget()
    return running
