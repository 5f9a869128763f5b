"""The rings of tests.

Unit; web (the console's own); integration (real servers); end to end (the whole product as
processes); browser (the same, as people see it).
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

import pytest


class Ring(StrEnum):
    """In the order in which they run: what fails fastest first."""

    UNIT = "unit"
    WEB = "web"
    INTEGRATION = "integration"
    E2E = "e2e"
    BROWSER = "browser"


def ring_of(item: pytest.Item) -> Ring:
    """Return the ring by the item's marker, of several the last; without one it is a unit test."""
    marked = (ring for ring in reversed(Ring) if item.get_closest_marker(ring))
    return next(marked, Ring.UNIT)


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
