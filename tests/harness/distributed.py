"""The distributed mode: five services, two replicas each, over RabbitMQ, PostgreSQL and Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from sqlalchemy.engine import make_url

from handoff_common import roles, schema
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.tables.grants import Service
from handoff_common.testing.servers import Servers
from harness.process import Process, free_port
from harness.product import PASSWORD, Product, run_command

REPLICAS = 2
# Each service's module, and whose database login it uses; ingress has no database.
SERVICES: dict[str, Service | None] = {
    "outbound": "outbound",
    "bot": "bot",
    "router": "router",
    "operator-api": "operator_api",
    "ingress": None,
}
SHARED_PORT = ("ingress", "operator-api")


@dataclass
class Distributed(Product):
    """`given` servers are shared; each product has a database and a virtual host of its own."""

    given: Servers | None = None
    api_port: int = field(default_factory=free_port)
    _admin: dict[str, str] = field(default_factory=dict[str, str])
    mode: ClassVar[str] = "distributed"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def database_url(self) -> str:
        return self._admin["DATABASE_URL"]

    @property
    def servers(self) -> Sequence[str]:
        return ("broker", "database")

    @property
    def _servers(self) -> Servers:
        assert self.given is not None, "the distributed mode needs servers"
        return self.given

    async def prepare(self) -> None:
        name = f"product_{uuid4().hex[:8]}"
        database = await self._servers.postgres.create_database(name)
        amqp = await self._servers.rabbit.create_vhost(name)
        redis = self._servers.redis.database_url(0)
        self._admin = {"DATABASE_URL": database, "AMQP_URL": amqp, "REDIS_URL": redis}
        await schema.upgrade(database)
        broker = RabbitBroker(amqp)
        await broker.declare()
        await broker.close()
        logins = await self._servers.rabbit.create_logins(amqp, PASSWORD)
        ports = {"ingress": self.webhook_port, "operator-api": self.api_port}
        for service, role in SERVICES.items():
            urls = {
                "DATABASE_URL": await self._login(database, name, role),
                "AMQP_URL": logins[role or "ingress"],
                "REDIS_URL": redis,
            }
            for replica in range(REPLICAS):
                port = ports[service] if service in SHARED_PORT else free_port()
                self.processes.append(self._replica(service, replica, urls, port))

    async def _login(self, database: str, name: str, role: Service | None) -> str:
        """Give the service a database user of its own, which may do what its role may."""
        if role is None:
            return ""
        user = f"{name}_{role}"
        await roles.create_login(database, role, user, PASSWORD)
        url = make_url(database).set(username=user, password=PASSWORD)
        return url.render_as_string(hide_password=False)

    def _replica(self, service: str, replica: int, urls: dict[str, str], port: int) -> Process:
        environment = {
            **self.settings,
            **urls,
            "PORT": str(port),
            "REUSE_PORT": str(service in SHARED_PORT),
            "CONSOLE_ORIGINS": self.api_url,
        }
        return Process(
            f"{service}.{replica}",
            ["-m", f"handoff_{service.replace('-', '_')}"],
            environment,
            self.options.folder,
            f"http://127.0.0.1:{port}/readyz",
        )

    async def command(self, *arguments: str) -> str:
        environment = self.settings | self._admin | {"HANDOFF_PASSWORD": PASSWORD}
        return await run_command(self.options.folder, environment, *arguments)

    async def restart_servers(self, which: str) -> None:
        server = self._servers.rabbit if which == "broker" else self._servers.postgres
        await server.kill()
        await server.start()
