"""Who signs in, and how long that lasts."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args
from uuid import UUID

Role: TypeAlias = Literal["admin", "supervisor", "operator"]

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTICE = timedelta(seconds=60)
"""How old the last sign of life may be before it is written again: not a write per request."""

EMAIL_LIMIT, NAME_LIMIT = 254, 120
PASSWORD_MIN, PASSWORD_LIMIT = 8, 1024

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class EmailTakenError(Exception):
    """An operator with this e-mail address exists."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who may sign in, as everybody may see them."""

    id: UUID
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    operator: Operator
    expires_at: datetime
    """At the latest; 30 minutes without a request end it sooner."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """How long a session still lasts."""

    left: timedelta
    renewable: bool
    """A request would prolong it; else only a new sign-in does."""


def remaining(*, created_at: datetime, seen_at: datetime, now: datetime) -> Remaining | None:
    """Return what is left of a session; None if it is over."""
    idle, absolute = seen_at + IDLE - now, created_at + ABSOLUTE - now
    left = min(idle, absolute)
    return Remaining(left, renewable=idle < absolute) if left > timedelta(0) else None


def token_hash(token: str) -> str:
    """Return what is kept of a session's token: enough to find it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def canonical_email(email: str) -> str:
    return email.strip().lower()


def canonical_password(password: str) -> str:
    """Return the same text whichever keyboard typed the accents (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_new(*, email: str, name: str, role: str, password: str) -> None:
    """Raise `ValueError` for what no operator can be made of; the message says which field."""
    if not _EMAIL.fullmatch(email) or len(email) > EMAIL_LIMIT:
        raise ValueError("the e-mail address is not one")
    if not name or len(name) > NAME_LIMIT:
        raise ValueError(f"the name must have 1 to {NAME_LIMIT} characters")
    if role not in get_args(Role):
        raise ValueError(f"the role must be one of {', '.join(get_args(Role))}")
    if not PASSWORD_MIN <= len(password) <= PASSWORD_LIMIT:
        raise ValueError(f"the password must have {PASSWORD_MIN} to {PASSWORD_LIMIT} characters")
