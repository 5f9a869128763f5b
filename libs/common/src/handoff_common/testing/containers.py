"""Servers in Docker, by testcontainers."""

import asyncio
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast
from uuid import uuid4

from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient, get_docker_host

from handoff_common.testing.installed import DATABASES, MAX_CONNECTIONS
from handoff_common.testing.instance import Instance, Kind, ServerError
from handoff_common.testing.private import free_ports

IMAGES = {
    Kind.POSTGRES: ("POSTGRES_IMAGE", "postgres:17"),
    Kind.RABBIT: ("RABBITMQ_IMAGE", "rabbitmq:4-management"),
    Kind.REDIS: ("REDIS_IMAGE", "redis:8"),
}

_DAEMON_SECONDS = 5
_REGISTRY_SECONDS = 10
"""How long a registry may take for its first word; without a network it never comes."""
_PULL_SECONDS = 300

_AMQP_PORT, _MANAGEMENT_PORT = 5672, 15672
_POSTGRES_PORT, _REDIS_PORT = 5432, 6379


class Containers:
    """The second way: Docker, when its daemon answers and the image is there or can be pulled."""

    name = "Docker"

    def __init__(self, environ: Mapping[str, str] = os.environ, host: str = "") -> None:
        """Use the daemon at `host`, by default the one that testcontainers finds."""
        self._environ = environ
        self._host = host

    def obstacle(self, kind: Kind) -> str:
        return self._no_daemon or _no_image(self._image(kind))

    def instance(self, kind: Kind) -> Instance:
        if reason := self.obstacle(kind):
            raise ServerError(reason)
        return ContainerInstance(kind, self._image(kind))

    def _image(self, kind: Kind) -> str:
        variable, default = IMAGES[kind]
        return self._environ.get(variable) or default

    @cached_property
    def _no_daemon(self) -> str:
        try:
            _knock(self._host or get_docker_host() or "unix:///var/run/docker.sock")
            cast("Any", DockerClient(timeout=_DAEMON_SECONDS).client).ping()
        except (DockerException, OSError):
            return "no Docker daemon answers"
        return ""


class ContainerInstance:
    """An `Instance` in a container, on ports of this host that stay the same over restarts."""

    ours = True

    def __init__(self, kind: Kind, image: str) -> None:
        self.how = f"Docker image {image}"
        self.url = ""
        self.management_url = ""
        self._kind = kind
        self._image = image
        self._container: DockerContainer | None = None
        self._reaper: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        try:
            await asyncio.to_thread(self._start)
        except DockerException as error:
            raise ServerError(f"{self.how}: {error}") from error

    async def kill(self) -> None:
        await asyncio.to_thread(self._running().get_wrapped_container().kill)
        await asyncio.to_thread(self._running().get_wrapped_container().wait)

    async def stop(self) -> None:
        await asyncio.to_thread(self._running().get_wrapped_container().stop)

    async def discard(self) -> None:
        if self._container is not None:
            await asyncio.to_thread(self._container.stop)
        if self._reaper is not None and self._reaper.stdin is not None:
            self._reaper.stdin.close()
            await asyncio.to_thread(self._reaper.wait)
        self._container = self._reaper = None

    def complaint(self) -> str:
        container = self._running()
        container.reload()
        if container.status != "exited":
            return ""
        return b"".join(container.get_logs()).decode(errors="replace")[-1_500:]

    def _running(self) -> DockerContainer:
        if self._container is None:
            raise ServerError(f"{self.how}: doesn't run")
        return self._container

    def _start(self) -> None:
        if self._container is not None:
            self._container.get_wrapped_container().start()
            return
        # Its own reaper is one more image that a registry would have to give; ours is a process.
        testcontainers_config.ryuk_disabled = True
        name = f"handoff-{self._kind.lower()}-{uuid4().hex[:8]}"
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "handoff_common.testing.reaper", name],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        container = _CONTAINERS[self._kind](self._image).with_name(name)
        self._container = container
        container.start()
        host = container.get_container_host_ip()
        if self._kind is Kind.POSTGRES:
            port = container.get_exposed_port(_POSTGRES_PORT)
            self.url = f"postgresql://postgres:postgres@{host}:{port}/postgres"
        elif self._kind is Kind.RABBIT:
            self.url = f"amqp://guest:guest@{host}:{container.get_exposed_port(_AMQP_PORT)}/"
            management = container.get_exposed_port(_MANAGEMENT_PORT)
            self.management_url = f"http://guest:guest@{host}:{management}"
        else:
            self.url = f"redis://{host}:{container.get_exposed_port(_REDIS_PORT)}/0"


def _postgres(image: str) -> DockerContainer:
    return (
        _bound(DockerContainer(image), _POSTGRES_PORT)
        .with_env("POSTGRES_PASSWORD", "postgres")
        .with_command(["postgres", "-c", f"max_connections={MAX_CONNECTIONS}"])
    )


def _rabbit(image: str) -> DockerContainer:
    return _bound(DockerContainer(image), _AMQP_PORT, _MANAGEMENT_PORT)


def _redis(image: str) -> DockerContainer:
    command = ["redis-server", "--save", "", "--databases", str(DATABASES)]
    return _bound(DockerContainer(image), _REDIS_PORT).with_command(command)


def _bound(container: DockerContainer, *ports: int) -> DockerContainer:
    for port, host_port in zip(ports, free_ports(len(ports)), strict=True):
        container.with_bind_ports(port, host_port)
    return container


_CONTAINERS = {Kind.POSTGRES: _postgres, Kind.RABBIT: _rabbit, Kind.REDIS: _redis}


def _knock(host: str) -> None:
    """Raise `OSError` if nobody listens at a local socket; the SDK leaks its own then."""
    scheme, _, path = host.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_DAEMON_SECONDS)
            probe.connect(path)


def _no_image(image: str) -> str:
    client = DockerClient(timeout=_DAEMON_SECONDS).client
    try:
        client.images.get(image)
    except ImageNotFound:
        return _no_pull(image)
    except DockerException as error:
        return str(error)
    finally:
        client.close()
    return ""


def _no_pull(image: str) -> str:
    """Pull an image; return why that fails. A silent registry is soon given up."""
    words: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_pull, args=(image, words), daemon=True).start()
    seconds = _REGISTRY_SECONDS
    while True:
        try:
            word = words.get(timeout=seconds)
        except queue.Empty:
            return f"{image} is not present, and no registry answers"
        if word is None:
            return ""
        if word:
            return f"{image} is not present and can't be pulled: {word}"
        seconds = _PULL_SECONDS


def _pull(image: str, words: queue.SimpleQueue[str | None]) -> None:
    """Pull in a thread: put '' for each sign of life, an error's text, or None at the end."""
    name, _, tag = image.rpartition(":")
    try:
        api = cast("Any", DockerClient().client.api)
        for line in api.pull(name, tag, stream=True, decode=True):
            words.put(str(line.get("error", "")))
    except DockerException as error:
        words.put(str(error) or type(error).__name__)
    words.put(None)
