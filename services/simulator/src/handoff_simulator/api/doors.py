"""Who is let in where the simulator is a process of its own."""

import binascii
from base64 import b64decode
from hmac import compare_digest
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from handoff_common.web.hosts import is_address, is_local
from handoff_simulator.domain.refusal import Refusal

_CLOSED = Refusal(
    403,
    "The simulator is closed: others than this machine's users reach it."
    " SIMULATOR_PASSWORD opens it to who knows that password.",
)
_STRANGE = Refusal(403, "The simulator is not found under this name.")
_WHO = Refusal(401, "The simulator wants a password (any user).", challenge=True)


class Door(Protocol):
    """Decides about everything but Twilio's own surface, which has its own credentials."""

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:
        """Return why somebody is not let in.

        `passing`: whether a stream may go on; that is no sign of life.
        """
        ...


class OpenDoor:
    """Everybody, under a name that no web page elsewhere can have."""

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:  # noqa: ARG002  # the port's
        host = urlsplit(f"//{visitor.headers.get('host', '')}").hostname or ""
        return None if is_address(host) or is_local(host) else _STRANGE


class ClosedDoor:
    """Nobody."""

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:  # noqa: ARG002  # the port's
        return _CLOSED


class PasswordDoor:
    """Who knows the password."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:  # noqa: ARG002  # the port's
        _, secret = credentials(visitor.headers.get("authorization", ""))
        return None if compare_digest(secret.encode(), self._password) else _WHO


def credentials(header: str) -> tuple[str, str]:
    """Return user and secret of Basic authentication; both empty where it is not that."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, secret
