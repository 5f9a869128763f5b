"""Every end-to-end test runs in both modes, from the same code."""

import itertools
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from handoff_common.testing.servers import Servers
from harness.distributed import Distributed
from harness.operators import Operator
from harness.product import Options, Product
from harness.standalone import Standalone
from harness.webhooks import Webhooks

SCALE = 0.1


@pytest_asyncio.fixture(scope="package", loop_scope="session", params=["standalone", "distributed"])
async def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: Servers
) -> AsyncGenerator[Product]:
    """Provide a running product; tests share it and use customers of their own.

    It logs all that it can, so that what must not be in a log would be found there.
    """
    folder: Path = tmp_path_factory.mktemp(request.param)
    options = Options(folder, time_scale=SCALE, pause_seconds=1.0, log_level="DEBUG")
    if request.param == "standalone":
        made: Product = Standalone(options)
    else:
        made = Distributed(options, given=servers)
    async with made.running():
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def helena(product: Product) -> AsyncGenerator[Operator]:
    """Provide an operator who is signed in."""
    async with product.operator("Helena") as operator:
        yield operator


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def rui(product: Product) -> AsyncGenerator[Operator]:
    """Provide another one."""
    async with product.operator("Rui") as operator:
        yield operator


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def webhooks(product: Product) -> AsyncGenerator[Webhooks]:
    """Provide a way to post webhooks by hand."""
    async with Webhooks.of(product) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def calm(product: Product) -> AsyncGenerator[None]:
    """Switch every fault off when the test has ended."""
    yield
    await product.customers.faults()


@pytest.fixture(scope="session")
def numbers() -> Iterator[str]:
    """Provide customers' numbers that no other test uses."""
    return (f"+55218{index:08}" for index in itertools.count(1))


@pytest.fixture
def ana(numbers: Iterator[str]) -> str:
    """Provide a customer of the test's own."""
    return next(numbers)
