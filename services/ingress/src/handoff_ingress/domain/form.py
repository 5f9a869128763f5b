"""A decoded form, read strictly where a field decides something and leniently where it does not.

Twilio's signature de-duplicates repeated values and puts no separators between names and values, so
a repeated field is invisible to it and two fields can be passed off as one. Hence: a field that we
use may occur once, and one that decides something must look exactly as it should.
"""

import re
from collections.abc import Sequence
from math import isfinite

Pairs = Sequence[tuple[str, str]]


class MalformedError(Exception):
    """A field that we need is missing, repeated, or not what it should be."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ForeignError(Exception):
    """The form is genuine but about an account or a number that is not ours."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Form:
    """The fields of one request; `ignored` names those that were read but made no sense."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)
        self.ignored: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str) -> str:
        """Return a field, or nothing if it is absent. Raises `MalformedError` if it is repeated."""
        values = self._values.get(name, [""])
        if len(values) > 1:
            raise MalformedError(name)
        return values[0]

    def exact(self, name: str, pattern: re.Pattern[str]) -> str:
        """Return a field that must match as a whole. Raises `MalformedError`."""
        value = self.one(name)
        if not pattern.fullmatch(value):
            raise MalformedError(name)
        return value

    def text(self, name: str, limit: int) -> str:
        """Return free text: without NUL, which PostgreSQL can't store, and cut at `limit`."""
        value = self.one(name).replace("\0", "")
        if len(value) > limit:
            self.ignored.append(name)
        return value[:limit]

    def optional(self, name: str, pattern: re.Pattern[str]) -> str:
        """Return a field that matches as a whole, else nothing."""
        value = self.one(name)
        if value and not pattern.fullmatch(value):
            self.ignored.append(name)
            return ""
        return value

    def degrees(self, name: str, limit: float) -> float | None:
        """Return an angle between `-limit` and `limit`, else None."""
        value = self.one(name)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not isfinite(number) or abs(number) > limit:
            self.ignored.append(name)
            return None
        return number
