"""The rings of tests: unit, integration (real servers), end to end (the whole product)."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

import pytest


class Ring(StrEnum):
    """In the order in which they run: what fails fastest first."""

    UNIT = "unit"
    INTEGRATION = "integration"
    E2E = "e2e"


def ring_of(item: pytest.Item) -> Ring:
    """Return the ring by the item's marker; without one it is a unit test."""
    for ring in (Ring.E2E, Ring.INTEGRATION):
        if item.get_closest_marker(ring):
            return ring
    return Ring.UNIT


@dataclass(slots=True)
class Tally:
    """What became of the tests, by any grouping of them."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0

    def add(self, report: pytest.TestReport) -> None:
        """Count a phase of a test: its call, or a setup or teardown that did not pass."""
        self.seconds += report.duration
        if report.when == "call" or not report.passed:
            self.outcomes[report.outcome] += 1

    def __str__(self) -> str:
        if not self.outcomes:
            return "not run"
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.items())
        return f"{counts} in {self.seconds:.1f} s"
