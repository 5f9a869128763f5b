"""What the ways of providing a server have in common."""

from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """The servers of the distributed mode."""

    POSTGRES = "PostgreSQL"
    RABBIT = "RabbitMQ"
    REDIS = "Redis"


class ServerError(Exception):
    """A server could not be provided, started or killed; the text says what to do about it."""


class Instance(Protocol):
    """Where one server runs. Data and address survive `kill` and `stop`; `discard` ends both."""

    @property
    def how(self) -> str:
        """Where the server comes from, for people."""
        ...

    @property
    def url(self) -> str:
        """URL of the administrator; known once started."""
        ...

    @property
    def management_url(self) -> str:
        """RabbitMQ's HTTP API with user and password; empty when there is none."""
        ...

    @property
    def ours(self) -> bool:
        """Whether we run it: then it may be killed, and nothing in it needs to be cleaned up."""
        ...

    async def start(self) -> None:
        """Start, or start again. It may not answer yet. Raises `ServerError`."""
        ...

    async def kill(self) -> None:
        """End it as `kill -9` of all its processes does; return when they are gone."""
        ...

    async def stop(self) -> None:
        """End it in its own orderly way; return when it is gone."""
        ...

    async def discard(self) -> None:
        """End it and delete its data. May be called twice, and before `start`."""
        ...

    def complaint(self) -> str:
        """Return its last words if it has ended by itself, else an empty text."""
        ...


class Way(Protocol):
    """One way of providing servers."""

    @property
    def name(self) -> str:
        """Its name in a message, as in 'Docker: no daemon answers'."""
        ...

    def obstacle(self, kind: Kind) -> str:
        """Return why this way can't provide the server, or an empty text. May take seconds."""
        ...

    def instance(self, kind: Kind) -> Instance:
        """Return the server, not started yet. Raises `ServerError`."""
        ...
