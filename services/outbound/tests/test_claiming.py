"""Who may start a message on its way."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_common.events import MessageAccepted, MessageRefused, MessageSuperseded
from handoff_outbound.domain.attempt import Attempt, State, accepted, refused, superseded
from handoff_outbound.domain.claiming import GAVE_UP, again, first
from handoff_outbound.domain.errors import CONFIGURATION, FAULTS
from handoff_outbound.domain.sight import Claim, Fence, Later, Leave, Repeat, Settle

from .world import CLOSES, EPOCH, MESSAGE, START, TIMING, TRACE, attempted, released, sight

MOVED = Fence(EPOCH + 1, MESSAGE)
LOST = Fence(EPOCH, uuid4())
CLAIM = uuid4()
LATER = START + timedelta(seconds=1)
STATES: tuple[State, ...] = get_args(State)


def waiting(*, automatic: bool = True) -> Attempt:
    row = attempted("waiting", released(automatic=automatic))
    return replace(row, next_at=START)


def test_a_release_without_an_attempt_is_claimed_until_it_counts_as_orphaned() -> None:
    verdict = first(sight(after=7), released(), CLAIM, TIMING)

    assert isinstance(verdict, Claim)
    row = verdict.attempt
    assert (row.state, row.claim, row.claims, row.trace) == ("submitting", CLAIM, 1, TRACE)
    assert row.claimed_at == START + timedelta(seconds=7)
    assert row.next_at == row.claimed_at + TIMING.orphaned
    assert row.result is None


@pytest.mark.parametrize("state", ["submitting", "waiting"])
def test_a_redelivery_leaves_an_open_attempt_to_its_worker_and_the_poller(state: State) -> None:
    assert first(sight(attempted(state)), released(), CLAIM, TIMING) == Leave()


def test_a_redelivery_publishes_a_stored_result_again() -> None:
    row = accepted(attempted(), "SM1", START)

    assert first(sight(row), released(), CLAIM, TIMING) == Repeat(row)


def test_a_claim_whose_commit_was_in_doubt_is_recognised() -> None:
    row = attempted()

    assert first(sight(row), released(), row.claim, TIMING) == Claim(row)


def test_an_automatic_message_is_superseded_once_the_owner_has_changed() -> None:
    verdict = first(sight(fence=MOVED), released(), CLAIM, TIMING)

    assert isinstance(verdict, Settle)
    assert verdict.attempt.state == "superseded"
    assert isinstance(verdict.attempt.result, MessageSuperseded)
    assert verdict.attempt.result.trace == TRACE


def test_a_message_of_an_operator_is_not_fenced() -> None:
    verdict = first(sight(fence=MOVED), released(automatic=False), CLAIM, TIMING)

    assert isinstance(verdict, Claim)


@pytest.mark.parametrize("automatic", [True, False])
def test_a_message_without_the_window_is_not_sent(*, automatic: bool) -> None:
    release = released(automatic=automatic)

    assert first(sight(fence=LOST), release, CLAIM, TIMING) == Leave()
    assert first(sight(fence=Fence(EPOCH, None)), release, CLAIM, TIMING) == Leave()


def test_a_release_of_an_attempt_that_was_overtaken_does_nothing() -> None:
    second = attempted("refused", released(attempt=2))

    assert first(sight(second), released(attempt=1), CLAIM, TIMING) == Leave()


@pytest.mark.parametrize("state", ["submitting", "waiting", "doubtful"])
def test_the_next_attempt_waits_for_an_open_one(state: State) -> None:
    verdict = first(sight(attempted(state)), released(attempt=2, automatic=False), CLAIM, TIMING)

    assert verdict == Later()


def test_the_next_attempt_is_claimed_once_the_last_check_found_nothing() -> None:
    release = released(attempt=2, automatic=False)

    verdict = first(sight(attempted("unknown")), release, CLAIM, TIMING)

    assert isinstance(verdict, Claim)
    assert verdict.attempt.key.attempt == 2


@pytest.mark.parametrize("found", ["row", "report"])
def test_the_next_attempt_is_not_sent_if_an_earlier_one_was_accepted(found: str) -> None:
    earlier = accepted(attempted(), "SM1", START) if found == "row" else attempted("unknown")
    reports = {1: "SM1"} if found == "report" else {}

    verdict = first(sight(earlier, reports=reports), released(attempt=2), CLAIM, TIMING)

    assert isinstance(verdict, Settle)
    assert (verdict.attempt.key.attempt, verdict.attempt.state) == (2, "accepted")
    assert verdict.attempt.message_sid == "SM1"
    assert isinstance(verdict.attempt.result, MessageAccepted)


def test_what_waits_is_claimed_again_with_a_claim_of_its_own() -> None:
    row = waiting()

    verdict = again(sight(row, after=9), row, CLAIM, TIMING)

    assert isinstance(verdict, Claim)
    assert (verdict.attempt.claim, verdict.attempt.claims) == (CLAIM, 2)
    assert verdict.attempt.claimed_at == START + timedelta(seconds=9)


def test_a_retry_meets_the_same_fence_as_the_first_time() -> None:
    row, operators = waiting(), waiting(automatic=False)

    for fence in (MOVED, LOST):
        assert again(sight(row, fence=fence), row, CLAIM, TIMING) == Settle(superseded(row, START))
    assert isinstance(again(sight(operators, fence=MOVED), operators, CLAIM, TIMING), Claim)


def test_a_retry_is_not_sent_if_a_report_proves_that_it_was_accepted() -> None:
    row = waiting()

    verdict = again(sight(row, reports={1: "SM1"}), row, CLAIM, TIMING)

    assert verdict == Settle(accepted(row, "SM1", START))


@pytest.mark.parametrize(
    ("code", "told"), [(None, (0, GAVE_UP)), (20003, (20003, FAULTS[20003].text))]
)
def test_an_automatic_message_that_waits_is_given_up_after_half_an_hour(
    code: int | None, told: tuple[int, str]
) -> None:
    row = replace(waiting(), code=code)

    verdict = again(sight(row, after=1800), row, CLAIM, TIMING)

    assert verdict == Settle(refused(row, *told, START + timedelta(seconds=1800)))
    assert isinstance(again(sight(row, after=1799), row, CLAIM, TIMING), Claim)


@pytest.mark.parametrize("code", [None, 401])
def test_a_persons_message_waits_until_whatsapps_window_closes(code: int | None) -> None:
    row = replace(waiting(automatic=False), code=code)
    told = (401, CONFIGURATION.text) if code else (63016, FAULTS[63016].text)
    before, closed = (CLOSES - START).total_seconds() - 1, (CLOSES - START).total_seconds()

    assert isinstance(again(sight(row, after=before), row, CLAIM, TIMING), Claim)
    verdict = again(sight(row, after=closed), row, CLAIM, TIMING)

    assert verdict == Settle(refused(row, *told, CLOSES))


def test_nothing_is_sent_outside_whatsapps_window_which_would_be_taken_and_not_delivered() -> None:
    closed = replace(sight(), closes_at=START)

    verdict = first(closed, released(), CLAIM, TIMING)

    assert isinstance(verdict, Settle)
    assert (verdict.attempt.state, verdict.attempt.code) == ("refused", 63016)


def test_a_persons_message_waits_no_longer_than_a_day_for_who_writes_on() -> None:
    row = replace(waiting(automatic=False), code=403)
    day = timedelta(hours=24)
    seen = replace(sight(row, after=day.total_seconds()), closes_at=START + 2 * day)

    verdict = again(seen, row, CLAIM, TIMING)

    assert verdict == Settle(refused(row, 403, CONFIGURATION.text, seen.now))


def test_a_persons_message_without_a_window_waits_half_an_hour() -> None:
    row = waiting(automatic=False)
    seen = replace(sight(row, after=1800), closes_at=None)

    assert again(seen, row, CLAIM, TIMING) == Settle(refused(row, 0, GAVE_UP, seen.now))


def test_what_waited_behind_another_is_as_old_as_since_it_was_queued() -> None:
    young, old = (replace(sight(after=1800), queued_at=at) for at in (LATER, START))

    claimed, late = (first(seen, released(), CLAIM, TIMING) for seen in (young, old))

    assert isinstance(claimed, Claim)
    assert claimed.attempt.created_at == LATER
    assert isinstance(late, Settle)
    assert isinstance(late.attempt.result, MessageRefused)
    assert isinstance(first(old, released(automatic=False), CLAIM, TIMING), Claim)


def test_each_outcome_has_an_event_id_of_its_own() -> None:
    row = attempted()
    results = [
        accepted(row, "SM1", START).result,
        refused(row, 1, "", START).result,
        superseded(row, START).result,
    ]

    assert len({result.id for result in results if result is not None}) == 3
    assert isinstance(results[1], MessageRefused)
    assert accepted(row, "SM1", START).result == results[0]


@given(
    state=st.none() | st.sampled_from(STATES),
    moved=st.booleans(),
    window=st.sampled_from(["own", "other", "free"]),
    automatic=st.booleans(),
    reported=st.booleans(),
    attempt=st.sampled_from([1, 2]),
)
def test_nothing_is_claimed_past_its_fence_or_beside_another_attempt(
    *, state: State | None, moved: bool, window: str, automatic: bool, reported: bool, attempt: int
) -> None:
    rows = [] if state is None else [attempted(state)]
    holder = {"own": MESSAGE, "other": uuid4(), "free": None}[window]
    fence = Fence(EPOCH + moved, holder)
    reports = {1: "SM1"} if reported else {}
    release = released(automatic=automatic, attempt=attempt)

    verdict = first(sight(*rows, fence=fence, reports=reports), release, CLAIM, TIMING)

    if isinstance(verdict, Claim):
        assert window == "own"
        assert not (automatic and moved)
        assert not reported
        assert state is None or (attempt == 2 and state in ("refused", "superseded", "unknown"))
