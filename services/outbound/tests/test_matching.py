"""Which message of Twilio's list is ours."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_outbound.domain.attempt import Attempt, State, accepted
from handoff_outbound.domain.matching import Listed, ours

from .world import START, TIMING, attempted, listed, released

REACH = TIMING.orphaned
ROW = attempted("doubtful")


def twin(state: State, claimed: float = 0) -> Attempt:
    row = attempted(state, released(message=released().id))
    return replace(row, claimed_at=START + timedelta(seconds=claimed))


def find(*messages: Listed, others: tuple[Attempt, ...] = ()) -> str | None:
    return ours(ROW, messages, others, REACH)


def test_the_one_message_that_agrees_is_ours() -> None:
    assert find(listed("SM1", 3), listed("SM2", 3, text="Boa noite")) == "SM1"
    assert find() is None


def test_line_ends_and_outer_blanks_do_not_matter() -> None:
    row = replace(ROW, text="Bom dia,\r\ntudo bem? ")

    assert ours(row, [listed("SM1", text="Bom dia,\ntudo bem?")], (), REACH) == "SM1"


@pytest.mark.parametrize(
    "change",
    [
        {"inbound": True},
        {"sender": "whatsapp:+1"},
        {"recipient": "whatsapp:+1"},
        {"body": "bom dia"},
        {"created_at": START - timedelta(seconds=6)},
    ],
)
def test_what_differs_is_not_ours(change: dict[str, object]) -> None:
    assert find(replace(listed("SM1"), **change)) is None  # pyright: ignore[reportArgumentType]  # one field


def test_clocks_may_differ_by_five_seconds() -> None:
    assert find(listed("SM1", -5)) == "SM1"


def test_a_sid_that_another_message_has_is_not_ours() -> None:
    theirs = accepted(twin("submitting"), "SM1", START)

    assert find(listed("SM1"), others=(theirs,)) is None
    assert find(listed("SM1"), listed("SM2"), others=(theirs,)) == "SM2"


def test_of_two_candidates_none_is_taken() -> None:
    assert find(listed("SM1"), listed("SM2", 1)) is None


@pytest.mark.parametrize("state", ["submitting", "doubtful", "unknown"])
def test_a_message_that_may_be_a_twins_is_not_taken(state: State) -> None:
    assert find(listed("SM1", 3), others=(twin(state),)) is None


def test_a_twin_that_cannot_have_become_the_message_is_no_obstacle() -> None:
    assert find(listed("SM1", 100), others=(twin("unknown", 0),)) == "SM1"
    assert find(listed("SM1", 0), others=(twin("submitting", 60),)) == "SM1"
    assert find(listed("SM1", 3), others=(twin("waiting"), twin("refused"))) == "SM1"


@given(
    sids=st.sets(st.sampled_from(["SM1", "SM2", "SM3"])),
    owned=st.sets(st.sampled_from(["SM1", "SM2", "SM3"])),
)
def test_what_is_found_is_listed_and_nobody_elses(sids: set[str], owned: set[str]) -> None:
    others = tuple(accepted(twin("submitting"), sid, START) for sid in sorted(owned))

    found = find(*(listed(sid) for sid in sorted(sids)), others=others)

    assert found is None or found in sids - owned
    assert (found is not None) == (len(sids - owned) == 1)
