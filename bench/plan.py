"""How large a run is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. Counts are per repetition, and at most what can be begun in `longest_seconds`."""

    repetitions: int = 5
    at_least: int = 3
    seconds: float = 140
    """Of one mode; a repetition that would go beyond is left out, after the first `at_least`."""
    most_seconds: float = 210
    """A repetition that would go beyond this is left out anyway: a machine without time for us."""
    accept_alone: int = 300
    """Webhooks one after the other."""
    accept_together: int = 2000
    """Webhooks with `accept_window` on their way at a time."""
    accept_window: int = 100
    accept_customers: int = 200
    unloaded: int = 40
    """Messages one after the other, each when the one before was answered."""
    sustained: int = 600
    """Messages with `window` customers who each write again when they have been answered."""
    window: int = 64
    longest_seconds: float = 10
    settle_seconds: float = 60
    """How long the product may take to come to rest after a measurement."""
    limit_seconds: float = 470
    """The whole run, whatever happens."""


SHORT = Plan(
    repetitions=2,
    at_least=1,
    seconds=30,
    most_seconds=40,
    accept_alone=100,
    accept_together=500,
    accept_customers=100,
    unloaded=15,
    sustained=256,
    longest_seconds=4,
    settle_seconds=30,
    limit_seconds=115,
)
