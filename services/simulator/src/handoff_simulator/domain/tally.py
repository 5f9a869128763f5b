"""Counts of what was asked and what was done, since the start or the last reset."""

from collections import Counter
from typing import Literal, TypeAlias

Counted: TypeAlias = Literal[
    "received", "accepted", "refused", "answered", "callbacks", "callbacks_undelivered",
    "webhooks", "webhooks_undelivered",
]  # fmt: skip


class Tally:
    """In memory only: the record on disk is the truth, these are the circumstances."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()

    def count(self, what: Counted) -> None:
        self._counts[what] += 1

    def count_fault(self, kind: str) -> None:
        self._faults[kind] += 1

    def counts(self) -> dict[str, int]:
        return dict(self._counts)

    def faults(self) -> dict[str, int]:
        return dict(self._faults)

    def reset(self) -> None:
        self._counts.clear()
        self._faults.clear()
