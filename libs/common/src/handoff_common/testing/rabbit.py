"""RabbitMQ for tests: a virtual host each."""

import asyncio
import json
import subprocess
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

import aiormq
import httpx2
from aiormq.exceptions import AMQPError

from handoff_common.messaging.rabbit.rights import SERVICES, Service, definitions, login_of
from handoff_common.testing.given import MANAGEMENT_VARIABLE, has_rabbitmqctl
from handoff_common.testing.instance import Instance, Kind, ServerError
from handoff_common.testing.server import BaseServer


class Rabbit(BaseServer):
    kind: ClassVar[Kind] = Kind.RABBIT
    away: ClassVar[tuple[type[Exception], ...]] = (AMQPError, httpx2.HTTPError)

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self._vhosts: set[str] = set()
        self._users: set[str] = set()

    async def kill(self) -> None:
        """End it as `kill -9` does. Raises like every server's.

        RabbitMQ 3.10 writes down that there is a new quorum queue about a second after its
        declaration. Killed before, it has lost the queue with what was confirmed in it, and a
        consumer of that queue waits for ever.
        """
        await super().kill()

    @property
    def management_url(self) -> str:
        """Its HTTP API, with user and password."""
        return self._instance.management_url

    async def create_vhost(self, name: str) -> str:
        """Create an empty virtual host with all rights for the administrator; return its AMQP URL.

        In the server the name has a prefix of its own per run. Raises `ServerError` where a broker
        that was given to us offers no way to create one.
        """
        full = self._prefix + name
        user = urlsplit(self.url).username or "guest"
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        if await self._manages():
            await self._put(f"vhosts/{full}", {})
            await self._put(f"permissions/{full}/{quote(user, safe='')}", rights)
        else:
            await self._control("add_vhost", full)
            await self._control("set_permissions", "-p", full, user, *rights.values())
        self._vhosts.add(full)
        return urlunsplit(urlsplit(self.url)._replace(path="/" + full))

    async def create_logins(self, url: str, password: str) -> dict[Service, str]:
        """Create a user with its rights for each service in the virtual host of an AMQP URL.

        Returns their URLs. Raises like `create_vhost`.
        """
        parts = urlsplit(url)
        vhost = parts.path.removeprefix("/")
        document = definitions(vhost, prefix=f"{vhost}_")
        users = [user | {"password": password} for user in document["users"]]
        await self._import(document | {"users": users})
        self._users |= {user["name"] for user in users}
        place = parts.netloc.rpartition("@")[2]
        return {
            service: urlunsplit(
                parts._replace(netloc=f"{vhost}_{login_of(service)}:{quote(password)}@{place}")
            )
            for service in SERVICES
        }

    async def delete_vhost(self, name: str) -> None:
        """Delete a virtual host that was created here, with its queues."""
        await self._delete(self._prefix + name)

    async def _greet(self) -> str:
        if self._instance.ours:
            async with self._client() as client:
                (await client.get("whoami")).raise_for_status()
        connection = await aiormq.connect(self.url)
        version = connection.server_properties["version"]
        await connection.close()
        return version.decode() if isinstance(version, bytes) else str(version)

    async def _clean(self) -> None:
        for full in tuple(self._vhosts):
            await self._delete(full)

        for user in tuple(self._users):
            await self._remove("user", user)

    async def _delete(self, full: str) -> None:
        await self._remove("vhost", full)
        self._vhosts.discard(full)

    async def _remove(self, kind: str, name: str) -> None:
        if await self._manages():
            async with self._client() as client:
                (await client.delete(f"{kind}s/{name}")).raise_for_status()
        else:
            await self._control(f"delete_{kind}", name)

    async def _import(self, document: dict[str, Any]) -> None:
        if await self._manages():
            async with self._client() as client:
                (await client.post("definitions", json=document)).raise_for_status()
        else:
            await self._control("import_definitions", stdin=json.dumps(document))

    async def _manages(self) -> bool:
        """Whether the HTTP API is there; of a broker of ours it always is."""
        if self._instance.ours:
            return True
        try:
            async with self._client() as client:
                return (await client.get("whoami")).is_success
        except httpx2.HTTPError:
            return False

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=f"{self.management_url}/api/", timeout=10)

    async def _put(self, path: str, body: dict[str, str]) -> None:
        async with self._client() as client:
            (await client.put(path, json=body)).raise_for_status()

    async def _control(self, *arguments: str, stdin: str = "") -> None:
        """Let this machine's `rabbitmqctl` do it."""
        if not has_rabbitmqctl(self.url):
            raise ServerError(
                f"tests need a virtual host each, and the broker of {self.how} has no HTTP API:"
                f" enable its rabbitmq_management plugin, set {MANAGEMENT_VARIABLE}, or unset"
                f" {self.how}"
            )
        done = await asyncio.to_thread(
            subprocess.run,
            ["rabbitmqctl", "--quiet", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"rabbitmqctl {arguments[0]} failed: {done.stderr[-500:]}")
