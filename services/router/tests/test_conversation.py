"""The core rows of the ownership table, one by one."""

from datetime import timedelta

import pytest
from desk import Desk, answered, with_person

from handoff_common.events import BotRequested
from handoff_router.domain.changes import (
    ConsentChanged,
    HandoffOpened,
    Queued,
    TimerSet,
)
from handoff_router.domain.state import Waiting


def reasons(desk: Desk) -> list[str]:
    return [change.reason for change in desk.changes if isinstance(change, HandoffOpened)]


def said(desk: Desk) -> list[str]:
    return [change.message.text for change in desk.changes if isinstance(change, Queued)]


# The bot's turn


def test_a_burst_gets_one_turn_that_reads_all_of_it() -> None:
    desk = Desk()
    desk.wrote("oi")
    desk.wrote("tudo bem?")
    desk.timer("pause")

    [asked] = desk.events
    assert isinstance(asked, BotRequested)
    assert (asked.turn, asked.upto_seq) == (1, 2)


def test_the_pause_is_extended_but_not_past_its_cap() -> None:
    desk = Desk()
    desk.wrote()
    desk.now += timedelta(seconds=11.5)
    step = desk.wrote()

    assert TimerSet("pause", timedelta(seconds=0.5)) in step.changes


def test_the_answer_is_released_in_parts_one_at_a_time() -> None:
    desk = answered("a" * 1600 + " " + "b" * 10)

    assert [event.text[0] for event in desk.released] == ["a"]
    desk.outbound("accepted")
    assert [event.text[0] for event in desk.released] == ["a", "b"]


def test_a_turn_that_the_customer_overtook_says_nothing() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.wrote("quer dizer, outra coisa")
    desk.replied(turn=1)

    assert said(desk) == []
    desk.timer("pause")
    desk.replied("agora sim")
    assert said(desk) == ["agora sim"]


def test_somebody_who_never_stops_writing_still_gets_an_answer() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    for _ in range(2):
        desk.wrote()
        desk.timer("pause")
    desk.wrote("a quarta")
    desk.replied("resposta")

    assert said(desk) == ["resposta"]
    assert desk.state.turn.state == "pausing"  # for the fourth message


def test_a_decision_of_an_older_epoch_is_dropped() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")

    assert desk.replied(epoch=7).changes == ()


def test_a_turn_without_a_decision_becomes_a_handoff() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.timer("turn_overdue")

    assert desk.state.owner == Waiting()
    assert reasons(desk) == ["bot_silent"]
    assert said(desk) == [desk.policy.texts.bot_failed]


def test_a_burst_from_before_an_outage_gets_an_apology_and_a_person() -> None:
    desk = Desk()
    desk.wrote(ago=timedelta(minutes=31))
    desk.timer("pause")

    assert reasons(desk) == ["late"]
    assert said(desk) == [desk.policy.texts.late]


@pytest.mark.parametrize("kind", ["pause", "turn_overdue"])
def test_a_deadline_that_came_too_late_does_nothing(kind: str) -> None:
    desk = with_person()

    assert desk.timer(kind).changes == ()  # pyright: ignore[reportArgumentType]


# To a person


def test_words_for_a_person_open_a_handoff_before_any_bot() -> None:
    desk = Desk()
    desk.wrote("quero falar com um ATENDENTE!")

    assert desk.state.owner == Waiting()
    assert reasons(desk) == ["customer_request"]
    [release] = desk.released
    assert (release.epoch, release.automatic) == (desk.state.epoch, True)


def test_who_waits_and_asks_again_is_told_the_position() -> None:
    desk = Desk()
    desk.wrote("atendente")
    desk.position = 4
    desk.wrote("atendente, por favor")

    assert "posição 4" in said(desk)[-1]


def test_nobody_is_told_a_position_that_nobody_counted() -> None:
    desk = Desk()
    desk.wrote("atendente")
    desk.wrote("atendente, por favor")

    assert said(desk)[-1] == desk.policy.texts.waiting


def test_an_empty_answer_is_a_handoff_not_silence() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.replied(" \n ")

    assert reasons(desk) == ["bot_failed"]


def test_opting_out_ends_what_the_bot_was_about_to_say() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.replied("a" * 1600 + " " + "b" * 10)
    desk.wrote("sair")

    assert "superseded" in desk.settled.values()
    desk.outbound("accepted")
    assert desk.released[-1].text == desk.policy.texts.opted_out


def test_who_waits_and_writes_is_read_by_a_person() -> None:
    desk = Desk()
    desk.wrote("atendente")
    events = len(desk.events)
    desk.wrote("é sobre o meu bolo")

    assert len(desk.events) == events


def test_the_bot_escalates_with_its_own_words() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.escalated("Um momento, chamei a gerente.")

    assert reasons(desk) == ["sensitive"]
    assert said(desk) == ["Um momento, chamei a gerente."]


def test_the_bot_escalates_without_words_and_the_router_has_some() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.escalated()

    assert said(desk) == [desk.policy.texts.handoff]


def test_a_bot_failure_is_a_handoff_with_an_honest_text() -> None:
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.failed()

    assert reasons(desk) == ["bot_failed"]
    assert said(desk) == [desk.policy.texts.bot_failed]


# Opting out


def test_opting_out_is_recorded_and_confirmed_once_and_ends_the_turn() -> None:
    desk = Desk()
    desk.wrote("oi")
    desk.wrote("SAIR")
    desk.wrote("sair")

    assert ConsentChanged(opted_out=True) in desk.changes
    assert said(desk) == [desk.policy.texts.opted_out]
    assert desk.state.turn.state == "idle"


def test_opting_out_ends_a_turn_that_runs() -> None:
    desk = Desk()
    desk.wrote("oi")
    desk.timer("pause")
    desk.wrote("parar")

    assert desk.replied().changes == ()


def test_opting_out_with_a_person_is_only_recorded() -> None:
    desk = with_person()
    before = len(said(desk))
    desk.wrote("STOP")

    assert desk.state.opted_out
    assert len(said(desk)) == before


def test_who_opted_out_may_come_back() -> None:
    desk = Desk()
    desk.wrote("sair")
    desk.wrote("voltar")

    assert not desk.state.opted_out
