"""PostgreSQL, RabbitMQ and Redis for tests, for `make cluster` and for fault experiments.

Each is provided by the first way that can: (1) the `TEST_*` variables, (2) Docker (testcontainers),
(3) a private instance of an installed program, (4) the distribution's packages, then (3). What we
start ends with us, however we end.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

from handoff_common.testing.containers import Containers
from handoff_common.testing.given import VARIABLES, Given
from handoff_common.testing.installed import Installed
from handoff_common.testing.instance import Instance, Kind, ServerError, Way
from handoff_common.testing.packages import PACKAGES, Packages
from handoff_common.testing.postgres import Postgres
from handoff_common.testing.rabbit import Rabbit
from handoff_common.testing.redis import Redis
from handoff_common.testing.server import BaseServer

_CLASSES = {Kind.POSTGRES: Postgres, Kind.RABBIT: Rabbit, Kind.REDIS: Redis}


class Servers:
    """The servers that were asked for; another is a `KeyError`."""

    def __init__(self, servers: Sequence[BaseServer]) -> None:
        self.all = tuple(servers)
        self._by_kind = {server.kind: server for server in servers}

    @property
    def postgres(self) -> Postgres:
        return cast("Postgres", self._by_kind[Kind.POSTGRES])

    @property
    def rabbit(self) -> Rabbit:
        return cast("Rabbit", self._by_kind[Kind.RABBIT])

    @property
    def redis(self) -> Redis:
        return cast("Redis", self._by_kind[Kind.REDIS])


def default_ways() -> tuple[Way, ...]:
    """Return the four ways, in the order in which they are tried."""
    installed = Installed()
    return Given(), Containers(), installed, Packages(installed)


@asynccontextmanager
async def provide(*kinds: Kind, ways: Sequence[Way] | None = None) -> AsyncGenerator[Servers]:
    """Provide servers, all three unless some are named, started side by side; discard them after.

    Raises `ServerError` if one can't be had or does not start; its text says what to install.
    """
    wanted = kinds or tuple(Kind)
    tried = default_ways() if ways is None else ways
    async with AsyncExitStack() as stack:
        servers: list[BaseServer] = []
        for kind in wanted:
            server = _CLASSES[kind](await asyncio.to_thread(choose, kind, tried))
            stack.push_async_callback(server.discard)
            servers.append(server)
        outcomes = await asyncio.gather(
            *(server.start() for server in servers), return_exceptions=True
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome
        yield Servers(servers)


def choose(kind: Kind, ways: Sequence[Way]) -> Instance:
    """Return the server from the first way that can. Raises `ServerError` naming every obstacle."""
    obstacles: list[str] = []
    for way in ways:
        reason = way.obstacle(kind)
        if not reason:
            return way.instance(kind)
        obstacles.append(f"  {way.name}: {reason}")
    advice = f"Set {VARIABLES[kind]}, start Docker, or install it ({PACKAGES[kind]})."
    raise ServerError("\n".join([f"No way to provide {kind}:", *obstacles, advice]))
