"""The stories in a browser: the same in both modes, or against what `make up` has started.

`TARGET=compose` is the latter. What a test that failed saw is under reports/browser.
"""

import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from browser.people import Customer, Window
from handoff_common.testing.chromium import FLAGS, Chromium
from handoff_common.testing.servers import Servers
from handoff_operator_api.adapters.console import load_console
from harness.distributed import Distributed
from harness.product import Options
from harness.stage import Composed, OneProcess, Stage

PAUSE = 0.8
"""How long a customer is silent before the bot's turn in what is started here."""
REPORTS = Path(__file__).parents[2] / "reports" / "browser"
PATIENCE_MS = 30_000
"""An upper bound, for a machine that does something else, too."""
_FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE_MS)

MODES = ("compose",) if os.environ.get("TARGET") == "compose" else ("standalone", "distributed")
IN_ONE_MODE = pytest.mark.parametrize("stage", MODES[:1], indirect=True)
"""For what the mode makes no difference to."""

if "compose" in MODES:

    @pytest_asyncio.fixture(name="stage", scope="package", loop_scope="session", params=MODES)
    async def what_runs(against: Callable[[str], None]) -> AsyncGenerator[Stage]:
        """Provide what `make up` has started."""
        async with Composed.running() as composed:
            against(f"browser stories: {composed.api_url}, {composed.simulator_url}")
            yield composed

else:

    @pytest_asyncio.fixture(name="stage", scope="package", loop_scope="session", params=MODES)
    async def started(
        request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: Servers
    ) -> AsyncGenerator[Stage]:
        """Provide a running product; tests share it and use people of their own."""
        assert load_console(), "the console is not built: run `make web`"
        folder = tmp_path_factory.mktemp(request.param)
        if request.param == "standalone":
            async with OneProcess.running(folder, pause_seconds=PAUSE) as one:
                yield one
        else:
            product = Distributed(Options(folder, pause_seconds=PAUSE), given=servers)
            async with product.running():
                yield product


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Chromium) -> AsyncGenerator[Browser]:
    """Start the one browser; each window has a profile of its own."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium.program, args=list(FLAGS)
        )
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def emails(stage: Stage) -> dict[str, str]:
    """Make the operators' accounts; return their addresses by name."""
    found: dict[str, str] = {}
    for name in ("Helena", "Rui", "Caio"):
        found[name] = f"{name.lower()}-{uuid4().hex[:8]}@example.com"
        await stage.command("user", "add", found[name], "--name", name)
    return found


Opening = Callable[..., Awaitable[Window]]


@pytest_asyncio.fixture(loop_scope="session")
async def window(request: pytest.FixtureRequest, browser: Browser) -> AsyncGenerator[Opening]:
    """Open a window for an operator with an e-mail address; takes Playwright's context options.

    The test fails if a page of it went wrong in silence.
    """
    windows: list[Window] = []
    async with AsyncExitStack() as stack:

        async def opened(name: str, email: str, **look: Any) -> Window:  # noqa: ANN401  # its own
            context = await browser.new_context(locale="pt-BR", **look)
            where = REPORTS / _slug(request.node.name) / f"{len(windows)}-{name.lower()}"
            await stack.enter_async_context(_remembered(context, request.node, where))
            windows.append(Window(name, email, await context.new_page()))
            return windows[-1]

        yield opened
    assert [error for window in windows for error in window.errors] == []


@pytest.fixture
def console(window: Opening, stage: Stage, emails: dict[str, str]) -> Opening:
    """Open the stage's console for an operator, by name, and sign in."""

    async def opened(name: str, *, signed_in: bool = True, **look: Any) -> Window:  # noqa: ANN401  # its own
        found = await window(name, emails[name], base_url=stage.api_url, **look)
        if signed_in:
            await found.sign_in()
        return found

    return opened


@asynccontextmanager
async def _remembered(
    context: BrowserContext, item: pytest.Item, where: Path
) -> AsyncGenerator[None]:
    """Keep a trace and a picture of every page of a test that fails."""
    await context.tracing.start(screenshots=True, snapshots=True)
    try:
        yield
    finally:
        if item.stash.get(_FAILED, False):
            for number, page in enumerate(context.pages):
                await page.screenshot(path=f"{where}-{number}.png")
            await context.tracing.stop(path=f"{where}.zip")
        await context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest_asyncio.fixture(loop_scope="session")
async def calm(stage: Stage) -> AsyncGenerator[None]:
    """Switch every fault off when the test has ended."""
    yield
    await stage.customers.faults()


@pytest.fixture
def ana(stage: Stage) -> Customer:
    """Provide a customer of the test's own."""
    return Customer.called("Ana Prado", stage.customers)


def _slug(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")
