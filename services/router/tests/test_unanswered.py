"""No question is left to nobody: what nobody answered is the bot's again when it comes back."""

from collections.abc import Callable
from datetime import timedelta
from operator import methodcaller

import pytest
from desk import HELENA, Desk, answered, asked, with_person

from handoff_common.events import HandoffOpened
from handoff_router.domain.changes import Queued, TimerSet
from handoff_router.domain.state import Bot, Human, Ledger, Waiting


def said(desk: Desk) -> list[str]:
    return [change.message.text for change in desk.changes if isinstance(change, Queued)]


def pausing() -> Desk:
    desk = Desk()
    desk.wrote("vocês abrem domingo?")
    return desk


def running() -> Desk:
    desk = pausing()
    desk.timer("pause")
    return desk


def released() -> Desk:
    return answered("Sim!")


@pytest.mark.parametrize("before", [pausing, running, released])
def test_a_question_that_a_takeover_cut_off_is_the_bots_again(before: Callable[[], Desk]) -> None:
    desk = before()
    desk.claim()
    step = desk.give_back("nada de novo")

    assert TimerSet("pause", desk.policy.pause) in step.changes
    assert (desk.state.turn.upto, desk.state.note) == (0, "nada de novo")
    turn = asked(desk)
    assert turn is not None
    assert (turn.epoch, turn.upto_seq) == (desk.state.epoch, desk.state.seq)
    desk.replied("Sim, até as 13 h.")
    assert said(desk)[-1] == "Sim, até as 13 h."


def test_who_asked_for_a_person_and_got_none_is_answered_by_the_bot() -> None:
    desk = Desk()
    desk.wrote("quero falar com um atendente")
    desk.outbound("accepted")
    desk.give_back("já resolvido por telefone")

    assert asked(desk) is not None


def test_what_comes_while_a_person_has_it_and_is_not_answered_is_the_bots_later() -> None:
    desk = with_person()
    desk.reply("pois não?")
    desk.outbound("accepted")
    desk.wrote("aceitam pix?")
    desk.give_back()

    turn = asked(desk)
    assert turn is not None
    assert desk.state.turn.upto == 3  # the reply, and what came before it, needs no answer


def test_what_comes_while_a_takeover_settles_is_not_forgotten() -> None:
    desk = answered()
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.wrote("e sábado?")
    desk.outbound("accepted")
    assert desk.state.owner == Human(HELENA)
    desk.give_back()

    assert asked(desk) is not None
    assert desk.state.turn.upto == 1  # what the bot answered was heard


@pytest.mark.parametrize("replies", ["before", "while it settles"])
def test_a_person_who_replied_has_answered(replies: str) -> None:
    desk = answered()
    if replies == "while it settles":
        desk.outbound("submitting", tell=False)
    desk.claim()
    desk.reply("Abrimos, sim.")
    desk.outbound("refused")  # the bot's, or the person's: that one they are shown
    desk.give_back()

    assert isinstance(desk.state.owner, Bot)
    assert asked(desk) is None


def test_an_answer_that_was_heard_is_not_given_again() -> None:
    desk = answered()
    desk.outbound("accepted")
    desk.claim()
    desk.give_back()

    assert asked(desk) is None


def test_an_answer_that_may_have_been_heard_is_not_given_again() -> None:
    desk = answered()
    desk.outbound("doubtful")
    desk.claim()
    desk.give_back()

    assert asked(desk) is None


def test_an_answer_of_which_the_first_part_was_heard_is_not_given_again() -> None:
    desk = answered("a" * 1600 + " " + "b" * 10)
    desk.outbound("accepted")
    desk.claim()
    assert list(desk.settled.values()) == ["accepted", "superseded"]
    desk.give_back()

    assert asked(desk) is None


def test_two_answers_that_were_not_said_give_both_questions_back() -> None:
    desk = answered()
    desk.wrote("e sábado?")
    desk.timer("pause")
    desk.replied("também")
    assert desk.state.turn.upto == 3
    desk.claim()

    assert desk.state.turn.upto == 0


def test_the_second_of_two_answers_gives_only_its_own_question_back() -> None:
    desk = answered()
    desk.wrote("e sábado?")
    desk.timer("pause")
    desk.replied("também")
    desk.outbound("accepted")
    desk.claim()

    assert desk.state.turn.upto == 1


def test_an_answer_that_could_not_be_sent_gives_its_question_back() -> None:
    desk = answered()
    desk.outbound("refused")
    assert desk.state.owner == Waiting()
    desk.give_back()

    assert asked(desk) is not None


@pytest.mark.parametrize("owner", ["bot", "human"])
def test_an_answer_found_out_late_to_be_unsaid_gives_its_question_back(owner: str) -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.timer("settling")
    assert desk.settled == {message.id: "unconfirmed"}
    if owner == "bot":
        desk.give_back()
    desk.ledger[message.id] = Ledger("superseded")
    desk.result(message)
    if owner == "human":
        desk.give_back()

    assert asked(desk) is not None


def test_nothing_is_found_out_too_late_about_what_a_person_answered() -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.timer("settling")
    desk.reply("Abrimos, sim.")
    desk.outbound("accepted")
    desk.give_back()
    desk.ledger[message.id] = Ledger("superseded")
    desk.result(message)

    assert asked(desk) is None


def test_an_old_question_that_a_person_returns_is_answered() -> None:
    desk = with_person()
    desk.reply("pois não?")
    desk.outbound("accepted")
    desk.wrote("ok, obrigada!")
    desk.now += timedelta(minutes=40)
    desk.give_back()

    assert asked(desk) is not None
    assert desk.policy.texts.late not in said(desk)


def test_the_age_of_what_is_written_after_a_return_counts_from_itself() -> None:
    desk = with_person()
    desk.reply("pois não?")
    desk.outbound("accepted")
    desk.give_back()
    desk.now += timedelta(minutes=40)
    desk.wrote("aceitam pix?")

    assert asked(desk) is not None


def test_what_was_written_before_a_restore_is_not_answered_after_a_return() -> None:
    desk = pausing()
    desk.claim()
    desk.restored_at = desk.now + timedelta(minutes=1)
    desk.now += timedelta(minutes=2)
    desk.give_back()

    assert isinstance(desk.state.owner, Bot)
    assert asked(desk) is None


def test_an_answer_that_a_restore_may_have_taken_back_gives_no_question_back() -> None:
    desk = answered()
    desk.restored_at = desk.now + timedelta(minutes=1)
    desk.now += timedelta(minutes=2)
    desk.wrote("ei?")
    desk.claim()
    assert list(desk.settled.values()) == ["superseded"]

    assert desk.state.turn.upto == 1  # "ei?" waits, what came before it doesn't


@pytest.mark.parametrize(
    "then", [methodcaller("escalated"), methodcaller("failed"), methodcaller("claim")]
)
def test_the_next_handoff_tells_what_nobody_answered(then: Callable[[Desk], object]) -> None:
    desk = pausing()
    desk.claim()
    desk.give_back()
    desk.timer("pause")
    then(desk)

    opened = [event for event in desk.events if isinstance(event, HandoffOpened)]
    assert [event.since_seq for event in opened] == [0, 0]


def test_stop_is_no_question() -> None:
    desk = with_person()
    desk.wrote("vocês abrem domingo?")
    desk.wrote("parar")
    desk.give_back()

    assert asked(desk) is None
