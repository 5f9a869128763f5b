from dataclasses import asdict
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff_common.timing import Timing


@given(st.floats(min_value=0.001, max_value=1))
def test_a_claim_as_old_as_orphaned_has_no_post_still_to_come_at_any_scale(factor: float) -> None:
    timing = Timing().scaled(factor)
    assert timing.claim_age + timing.post_deadline <= timing.orphaned + timedelta(microseconds=1)
    assert timing.orphaned <= timing.checks[0]
    assert list(timing.checks) == sorted(timing.checks)
    assert timing.checks[-1] < timing.undecided


def test_the_deadlines_hold_together_exactly_as_designed() -> None:
    timing = Timing()
    assert timing.claim_age + timing.post_deadline <= timing.orphaned <= timing.checks[0]
    # Else an operator would be asked about a message that outbound still looks for.
    assert timing.checks[-1] < timing.undecided
    # Else what is only slow would be released again before its attempt can have ended.
    assert timing.orphaned < timing.send_overdue


def durations(timing: Timing) -> list[timedelta]:
    values: list[timedelta | tuple[timedelta, ...]] = list(asdict(timing).values())
    flat = [value if isinstance(value, tuple) else (value,) for value in values]
    return [each for group in flat for each in group]


def test_scaling_leaves_no_deadline_out() -> None:
    assert durations(Timing().scaled(0.1)) == [each / 10 for each in durations(Timing())]


def test_at_scale_one_nothing_changes() -> None:
    assert Timing().scaled(1) == Timing()
