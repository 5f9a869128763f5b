"""pytest plugin: provides servers once for all tests, orders the rings, and says what ran.

Fixtures: `servers` (all three), `postgres`, `rabbit`, `redis`. Only what the selected tests name is
started, when the first of them runs; likewise `chromium` is looked for, and installed if need be.
`containers` and `installed` are two of the ways themselves; tests that name one are deselected
where it has an obstacle, and the summary says so. `against` adds a line to the summary.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import AsyncExitStack

import pytest

from handoff_common.testing.chromium import Chromium, Finder
from handoff_common.testing.containers import Containers
from handoff_common.testing.installed import Installed
from handoff_common.testing.instance import Kind, ServerError, Way
from handoff_common.testing.postgres import Postgres
from handoff_common.testing.rabbit import Rabbit
from handoff_common.testing.redis import Redis
from handoff_common.testing.rings import Ring, Tally, ring_of
from handoff_common.testing.servers import Servers, provide

_NEEDS = {
    "servers": set(Kind),
    "postgres": {Kind.POSTGRES},
    "rabbit": {Kind.RABBIT},
    "redis": {Kind.REDIS},
}
_LABELS = {"containers": "testcontainers", "installed": "private instances"}


class House:
    """Servers of one test run, and the record of what ran."""

    def __init__(self) -> None:
        self.ways: dict[str, Way] = {"containers": Containers(), "installed": Installed()}
        self.servers: Servers | None = None
        self.trouble: ServerError | None = None
        self.chromium: Chromium | ServerError | None = None
        self.against: list[str] = []
        self._obstacles: dict[str, str] = {}
        self._kinds: set[Kind] = set()
        self._groups: dict[str, list[str]] = {}
        self._tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        possible = [item for item in items if not self._obstacle(item)]
        config.hook.pytest_deselected(items=[item for item in items if self._obstacle(item)])
        items[:] = sorted(possible, key=lambda item: list(Ring).index(ring_of(item)))
        for item in items:
            named = _fixtures(item)
            self._groups[item.nodeid] = [ring_of(item), *(_LABELS.keys() & named)]
            for name in _NEEDS.keys() & named:
                self._kinds |= _NEEDS[name]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        # Not in the fixtures: what is pulled or installed must not count against a test's timeout.
        named = _fixtures(item)
        if _NEEDS.keys() & named and self.servers is None and self.trouble is None:
            try:
                self.servers = self._runner.run(self._enter())
            except ServerError as error:
                self.trouble = error
        if "chromium" in named and self.chromium is None:
            try:
                self.chromium = Finder().find()
            except ServerError as error:
                self.chromium = error
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for group in self._groups.get(report.nodeid, ()):
            self._tallies[group].add(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("rings")
        for ring in Ring:
            terminalreporter.write_line(f"{ring}: {self._tallies[ring]}")
        for server in self.servers.all if self.servers else ():
            terminalreporter.write_line(f"{server.kind} {server.version}: {server.how}")
        for line in self.against:
            terminalreporter.write_line(line)
        for name, label in _LABELS.items():
            terminalreporter.write_line(f"{label}: {self._outcome(name)}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        if self.servers is not None:
            self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _enter(self) -> Servers:
        return await self._stack.enter_async_context(provide(*sorted(self._kinds)))

    def _obstacle(self, item: pytest.Item) -> str:
        """Return why a test can't run here, for the ways that it names."""
        for name in _LABELS.keys() & _fixtures(item):
            if name not in self._obstacles:
                found = (self.ways[name].obstacle(kind) for kind in Kind)
                self._obstacles[name] = next(filter(None, found), "")
            if self._obstacles[name]:
                return self._obstacles[name]
        return ""

    def _outcome(self, name: str) -> str:
        if self._tallies[name].outcomes:
            return f"ran ({self._tallies[name]})"
        reason = self._obstacles.get(name) or "no test of them was selected"
        return f"not run ({reason})"


_HOUSE = pytest.StashKey[House]()


def pytest_configure(config: pytest.Config) -> None:
    house = House()
    config.stash[_HOUSE] = house
    config.pluginmanager.register(house, "handoff-house")


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """PostgreSQL, RabbitMQ and Redis, shared by the whole run."""
    return _provided(pytestconfig)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Postgres:
    return _provided(pytestconfig).postgres


@pytest.fixture(scope="session")
def rabbit(pytestconfig: pytest.Config) -> Rabbit:
    return _provided(pytestconfig).rabbit


@pytest.fixture(scope="session")
def redis(pytestconfig: pytest.Config) -> Redis:
    return _provided(pytestconfig).redis


@pytest.fixture(scope="session")
def against(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Take a line for the summary: what tests ran against."""
    return pytestconfig.stash[_HOUSE].against.append


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config, against: Callable[[str], None]) -> Chromium:
    """Give the browser's program; what to install is in the error where there is none."""
    found = pytestconfig.stash[_HOUSE].chromium
    if isinstance(found, Chromium):
        against(str(found))
        return found
    raise found or ServerError("a test must name the fixture `chromium` in its signature")


@pytest.fixture(scope="session")
def containers(pytestconfig: pytest.Config) -> Way:
    """Give the way by Docker to tests of it; deselected where it has an obstacle."""
    return pytestconfig.stash[_HOUSE].ways["containers"]


@pytest.fixture(scope="session")
def installed(pytestconfig: pytest.Config) -> Way:
    """Give the way by installed programs, likewise."""
    return pytestconfig.stash[_HOUSE].ways["installed"]


def _provided(config: pytest.Config) -> Servers:
    house = config.stash[_HOUSE]
    if house.servers is None:
        raise house.trouble or ServerError("a test must name its server fixture in its signature")
    return house.servers


def _fixtures(item: pytest.Item) -> set[str]:
    """Return every fixture that the test needs, also through others."""
    return set(item.fixturenames) if isinstance(item, pytest.Function) else set()
