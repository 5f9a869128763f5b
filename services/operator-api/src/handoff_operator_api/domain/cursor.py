"""Where a page ends: a position in a list that is ordered by a moment and an id."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOMENT, _ID, _CHECK = 8, 16, 6


class CursorError(ValueError):
    """The cursor was not made here, or was made for another list."""


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry of a page. Microseconds: what both databases keep."""

    moment: datetime
    id: UUID


def encode(scope: str, position: Position) -> str:
    """Return an opaque cursor, good for the list named `scope` and for no other."""
    micros = (position.moment - _EPOCH) // _MICROSECOND
    body = micros.to_bytes(_MOMENT, "big", signed=True) + position.id.bytes
    return base64.urlsafe_b64encode(body + _check(scope, body)).decode()


def decode(scope: str, cursor: str) -> Position:
    """Return the position in a cursor; raises `CursorError`.

    The check is no signature: a forged position opens nothing that the list does not show anyway.
    It turns a cut, mistyped or misplaced cursor into an error instead of a wrong page.
    """
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorError from None
    body = raw[: _MOMENT + _ID]
    if len(raw) != _MOMENT + _ID + _CHECK or raw[len(body) :] != _check(scope, body):
        raise CursorError
    micros = int.from_bytes(body[:_MOMENT], "big", signed=True)
    try:
        return Position(_EPOCH + timedelta(microseconds=micros), UUID(bytes=body[_MOMENT:]))
    except OverflowError:
        raise CursorError from None


def _check(scope: str, body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECK, key=scope.encode()).digest()
