"""Why somebody is not let in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    detail: str
    sign_in: str | None = None
    """Where to sign in first; None where that would not help."""
    challenge: bool = False
    """The browser may ask for a password."""
