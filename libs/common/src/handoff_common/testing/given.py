"""Servers that somebody else runs, named by environment variables."""

import os
import shutil
from collections.abc import Mapping
from urllib.parse import urlsplit

from handoff_common.testing.instance import Instance, Kind, ServerError

VARIABLES = {
    Kind.POSTGRES: "TEST_DATABASE_URL",
    Kind.RABBIT: "TEST_AMQP_URL",
    Kind.REDIS: "TEST_REDIS_URL",
}
MANAGEMENT_VARIABLE = "TEST_AMQP_MANAGEMENT_URL"
_MANAGEMENT_PORT = 15672
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Given:
    """The first way: `TEST_DATABASE_URL`, `TEST_AMQP_URL`, `TEST_REDIS_URL`, of administrators.

    Tests have a virtual host each, and RabbitMQ lets nobody create one over AMQP. So its HTTP API
    must be there too: at `TEST_AMQP_MANAGEMENT_URL`, else at port 15672 of the same host. A broker
    of this machine without one is reached by `rabbitmqctl`, where that is installed.
    """

    name = "environment"

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ

    def obstacle(self, kind: Kind) -> str:
        return "" if self._environ.get(VARIABLES[kind]) else f"{VARIABLES[kind]} is not set"

    def instance(self, kind: Kind) -> Instance:
        if reason := self.obstacle(kind):
            raise ServerError(reason)
        url = self._environ[VARIABLES[kind]]
        management_url = ""
        if kind is Kind.RABBIT:
            management_url = self._environ.get(MANAGEMENT_VARIABLE) or _management_url(url)
        return GivenInstance(VARIABLES[kind], url, management_url)


class GivenInstance:
    """An `Instance` that is not ours to end."""

    ours = False

    def __init__(self, variable: str, url: str, management_url: str) -> None:
        self.how = variable
        self.url = url
        self.management_url = management_url

    async def start(self) -> None:
        """Do nothing: it runs already."""

    async def kill(self) -> None:
        raise ServerError(
            f"the server of {self.how} is not ours to kill; unset {self.how} to run one that is"
        )

    async def stop(self) -> None:
        await self.kill()

    async def discard(self) -> None:
        """Do nothing: it stays."""

    def complaint(self) -> str:
        return ""


def _management_url(amqp_url: str) -> str:
    """Return where the HTTP API is by default."""
    parts = urlsplit(amqp_url)
    user = f"{parts.username or 'guest'}:{parts.password or 'guest'}"
    return f"http://{user}@{parts.hostname or 'localhost'}:{_MANAGEMENT_PORT}"


def has_rabbitmqctl(amqp_url: str) -> bool:
    """Return whether the broker may be one that this machine's `rabbitmqctl` talks to."""
    host = urlsplit(amqp_url).hostname or "localhost"
    return host in _LOOPBACK and shutil.which("rabbitmqctl") is not None
