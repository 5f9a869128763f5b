"""How fast, and how often."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handoff_outbound.domain.backoff import MAX_RETRY_AFTER, pause
from handoff_outbound.domain.pacing import reserve

from .world import TIMING

seconds = st.floats(0, 1000)


def test_the_pauses_grow_and_the_last_one_repeats() -> None:
    pauses = [pause(TIMING.retries, tries, 0.0).total_seconds() for tries in range(8)]

    assert pauses == [1, 1, 2, 5, 10, 30, 30, 30]


def test_twilios_own_wish_is_respected_within_reason() -> None:
    assert pause(TIMING.retries, 1, 0.0, timedelta(seconds=7)) == timedelta(seconds=7)
    assert pause(TIMING.retries, 9, 0.0, timedelta(seconds=7)) == timedelta(seconds=30)
    assert pause(TIMING.retries, 1, 0.0, timedelta(days=7)) == MAX_RETRY_AFTER


@given(tries=st.integers(0, 100), draw=st.floats(0, 1, exclude_max=True), asked=seconds)
def test_a_pause_is_never_shorter_than_asked_for(tries: int, draw: float, asked: float) -> None:
    wish = timedelta(seconds=min(asked, 300))
    least = max(TIMING.retries[0], wish)

    assert least <= pause(TIMING.retries, tries, draw, wish) <= 1.5 * max(least, TIMING.retries[-1])


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    full_at, waits = 0.0, list[float]()
    for _ in range(5):
        full_at, wait = reserve(full_at, 0.0, rate=10, burst=3)
        waits.append(round(wait, 6))

    assert waits == [0, 0, 0, 0.1, 0.2]


@given(arrivals=st.lists(seconds, min_size=2, max_size=60), rate=st.floats(0.5, 100))
def test_never_more_than_the_burst_and_the_rate_pass(arrivals: list[float], rate: float) -> None:
    full_at, passed = 0.0, list[float]()
    for now in sorted(arrivals):
        full_at, wait = reserve(full_at, now, rate=rate, burst=5)
        passed.append(now + wait)

    assert all(a <= b + 1e-9 for a, b in pairwise(passed))
    for i, start in enumerate(passed):
        for j, end in enumerate(passed[i:], start=1):
            assert j <= 5 + rate * (end - start) + 1e-6
