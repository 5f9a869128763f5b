"""What becomes of an attempt."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from handoff_common.events import MessageDoubtful
from handoff_outbound.domain.attempt import (
    Attempt,
    State,
    accepted,
    doubtful,
    refused,
    superseded,
    unknown,
    waiting,
)
from handoff_outbound.domain.claiming import GAVE_UP
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused
from handoff_outbound.domain.settling import checked, due, recorded
from handoff_outbound.domain.sight import Claim, Fence, Leave, Look, Settle, Verdict

from .world import EPOCH, MESSAGE, START, TIMING, attempted, listed, released, sight

PAUSE = timedelta(seconds=2)
LATER = timedelta(seconds=1)
YES, NO = Accepted("SM1"), Refused(21211, "inválido")
NOT_YET, WHO_KNOWS = NotProcessed("429"), Doubtful("TimeoutError")
MOVED = Fence(EPOCH + 1, MESSAGE)


def record(row: Attempt, outcome: Outcome, fence: Fence | None = None) -> Verdict:
    return recorded(sight(row, after=1, fence=fence), row, outcome, PAUSE, TIMING)


def overdue(state: State) -> Attempt:
    return replace(attempted(state), next_at=START)


def poll(row: Attempt, *, after: float = 0, reports: dict[int, str] | None = None) -> Verdict:
    return due(sight(row, after=after, reports=reports), row.key, uuid4(), TIMING)


def check(row: Attempt, at: float, *sids: str, readable: bool = True) -> Verdict:
    look = Look(row, since=START + timedelta(seconds=at))
    found = [listed(sid) for sid in sids] if readable else None
    return checked(sight(row, after=at), look, found, TIMING)


def test_the_worker_records_what_its_post_came_to() -> None:
    row = attempted()
    now = START + LATER

    assert record(row, YES) == Settle(accepted(row, "SM1", now))
    assert record(row, NO) == Settle(refused(row, 21211, "inválido", now))
    assert record(row, NOT_YET) == Settle(waiting(row, now, PAUSE))
    assert record(row, WHO_KNOWS) == Settle(doubtful(row, now, TIMING.checks[0]))


def test_what_was_not_processed_is_superseded_if_the_fence_has_closed_meanwhile() -> None:
    row, operators = attempted(), attempted(release=released(automatic=False))
    lost = Fence(EPOCH, None)

    for fence in (MOVED, lost):
        assert record(row, NOT_YET, fence) == Settle(superseded(row, START + LATER))
    assert record(operators, NOT_YET, MOVED) == Settle(waiting(operators, START + LATER, PAUSE))


def test_what_our_configuration_kept_from_being_sent_waits_and_tells_why() -> None:
    row, refusal = attempted(), NotProcessed("401/20003", code=20003)

    verdict = record(row, refusal)

    assert verdict == Settle(replace(waiting(row, START + LATER, PAUSE), code=20003))
    assert isinstance(verdict, Settle)
    claimed = poll(replace(verdict.attempt, next_at=START))
    assert isinstance(claimed, Claim)
    assert claimed.attempt.code == 20003, "the alarm would end with each try"
    assert accepted(claimed.attempt, "SM1", START).code is None
    assert record(attempted("doubtful"), refusal) == Leave()


def test_what_was_not_processed_for_half_an_hour_is_given_up() -> None:
    row = replace(attempted(), created_at=START - TIMING.hopeless)

    assert record(row, NOT_YET) == Settle(refused(row, 0, GAVE_UP, START + LATER))


@pytest.mark.parametrize("state", ["doubtful", "unknown"])
def test_a_late_worker_may_only_add_certainty(state: State) -> None:
    row = attempted(state)

    assert record(row, YES) == Settle(accepted(row, "SM1", START + LATER))
    assert record(row, NO) == Settle(refused(row, 21211, "inválido", START + LATER))
    assert record(row, NOT_YET) == Leave()
    assert record(row, WHO_KNOWS) == Leave()


@pytest.mark.parametrize("state", ["waiting", "accepted", "refused", "superseded"])
@pytest.mark.parametrize("outcome", [YES, NO, NOT_YET, WHO_KNOWS])
def test_nobody_changes_what_is_decided_or_not_theirs(state: State, outcome: Outcome) -> None:
    row = attempted(state)

    assert record(row, outcome) == Leave()
    stranger = replace(attempted(), claim=uuid4())
    assert recorded(sight(attempted()), stranger, outcome, PAUSE, TIMING) == Leave()
    assert recorded(sight(), stranger, outcome, PAUSE, TIMING) == Leave()


def test_an_orphan_becomes_doubtful_and_never_goes_back() -> None:
    row = overdue("submitting")

    verdict = poll(row)

    assert verdict == Settle(doubtful(row, START, TIMING.checks[0]))
    assert isinstance(verdict, Settle)
    assert verdict.attempt.next_at == row.claimed_at + TIMING.checks[0]


def test_an_orphan_that_twilio_has_reported_about_is_accepted() -> None:
    row = overdue("submitting")

    assert poll(row, reports={1: "SM1"}) == Settle(accepted(row, "SM1", START))


def test_a_worker_that_is_not_orphaned_yet_is_left_alone_even_with_a_report() -> None:
    assert poll(attempted(), after=34, reports={1: "SM1"}) == Leave()


def test_what_waits_is_claimed_when_it_is_due() -> None:
    row = overdue("waiting")

    assert isinstance(poll(row), Claim)
    assert poll(replace(row, next_at=START + LATER)) == Leave()


def test_a_claim_of_the_poller_whose_commit_was_in_doubt_is_recognised() -> None:
    row = attempted()

    assert due(sight(row), row.key, row.claim, TIMING) == Claim(row)


@pytest.mark.parametrize("state", ["doubtful", "unknown"])
def test_a_report_resolves_a_doubt_at_once(state: State) -> None:
    row = attempted(state)

    assert poll(row, reports={1: "SM1"}) == Settle(accepted(row, "SM1", START))
    assert poll(replace(row, next_at=None), reports={2: "SM1"}) == Leave()


def test_a_doubt_is_leased_before_twilio_is_asked() -> None:
    verdict = poll(overdue("doubtful"), after=40)

    assert isinstance(verdict, Look)
    assert verdict.attempt.next_at == START + timedelta(seconds=40) + TIMING.orphaned
    assert verdict.attempt.state == "doubtful"


def test_what_is_settled_or_gone_is_nobodys_errand() -> None:
    row = attempted("accepted")

    assert poll(replace(row, next_at=None)) == Leave()
    assert due(sight(), row.key, uuid4(), TIMING) == Leave()


def test_what_is_found_in_twilios_list_is_accepted() -> None:
    row = overdue("doubtful")

    assert check(row, 40, "SM1") == Settle(accepted(row, "SM1", START + timedelta(seconds=40)))


def test_a_report_that_came_during_the_search_counts_more_than_the_list() -> None:
    row = overdue("doubtful")

    verdict = checked(sight(row, reports={1: "SM9"}), Look(row, START), [listed("SM1")], TIMING)

    assert verdict == Settle(accepted(row, "SM9", START))


@pytest.mark.parametrize(("at", "coming"), [(40, 90), (60, 90), (90, 180), (179, 180)])
@pytest.mark.parametrize("readable", [True, False])
def test_what_is_not_found_is_looked_for_again(at: float, coming: float, *, readable: bool) -> None:
    verdict = check(overdue("doubtful"), at, readable=readable)

    assert isinstance(verdict, Settle)
    row = verdict.attempt
    assert (row.state, row.checks) == ("doubtful", 1)
    assert row.next_at == START + timedelta(seconds=coming)
    assert not row.unpublished


def test_what_the_last_check_does_not_find_is_unknown() -> None:
    row = overdue("doubtful")
    now = START + timedelta(seconds=180)

    verdict = check(row, 180)

    assert verdict == Settle(unknown(replace(row, checks=1, updated_at=now), now))
    assert isinstance(verdict, Settle)
    assert isinstance(verdict.attempt.result, MessageDoubtful)
    assert verdict.attempt.result.last
    assert verdict.attempt.next_at is None


def test_a_list_that_cannot_be_read_puts_the_last_check_off_but_not_for_ever() -> None:
    row = overdue("doubtful")

    put_off, ended = check(row, 359, readable=False), check(row, 360, readable=False)

    assert isinstance(put_off, Settle)
    assert isinstance(ended, Settle)
    assert put_off.attempt.state == "doubtful"
    assert put_off.attempt.next_at == START + timedelta(seconds=369)
    assert ended.attempt.state == "unknown"


@pytest.mark.parametrize("state", ["accepted", "refused", "unknown"])
def test_a_search_that_ends_late_changes_nothing(state: State) -> None:
    row = attempted(state)

    assert checked(sight(row), Look(row, START), [listed("SM1")], TIMING) == Leave()
    assert checked(sight(), Look(row, START), [listed("SM1")], TIMING) == Leave()


def test_a_sid_of_an_earlier_attempt_is_not_taken_for_the_next() -> None:
    earlier = accepted(attempted(), "SM1", START)
    row = replace(attempted("doubtful", released(attempt=2)), next_at=START)

    verdict = checked(sight(earlier, row, after=40), Look(row, START), [listed("SM1")], TIMING)

    assert isinstance(verdict, Settle)
    assert verdict.attempt.state == "doubtful"
