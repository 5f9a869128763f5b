"""Words of ours that never arrive: who gets the conversation then, and what still waits."""

from datetime import timedelta

import pytest
from desk import Desk, answered, asked, with_person

from handoff_router.domain.changes import TimerSet
from handoff_router.domain.state import Bot, Ledger, Waiting


def on_its_way() -> Desk:
    desk = answered()
    desk.outbound("submitting", tell=False)
    return desk


@pytest.mark.parametrize("before", [Desk, on_its_way])
def test_who_asked_for_silence_gets_no_person_because_a_message_failed(
    before: type[Desk],
) -> None:
    desk = before()
    desk.wrote("sair")
    for _ in range(2):  # the answer that was on its way, and the confirmation
        desk.outbound("refused")

    assert desk.state.owner == Bot()
    assert desk.state.outbox == ()
    assert desk.released[-1].text == desk.policy.texts.opted_out


def test_nor_because_it_waited_too_long_behind_a_persons() -> None:
    desk = with_person()
    desk.reply("um")
    desk.outbound("waiting")
    desk.give_back()
    desk.wrote("sair")
    desk.now += desk.policy.timing.hopeless
    desk.timer("send_overdue")

    assert desk.state.owner == Bot()
    desk.outbound("accepted")
    assert desk.released[-1].text == "um"


def test_who_goes_on_writing_after_silence_is_not_left_to_nobody() -> None:
    desk = Desk()
    desk.wrote("sair")
    desk.outbound("accepted")
    desk.wrote("e o meu pedido?")
    desk.timer("pause")
    desk.replied("Está pronto.")
    desk.outbound("refused")

    assert desk.state.owner == Waiting()


@pytest.mark.parametrize("state", ["none", "waiting"])
def test_what_waits_to_be_sent_is_not_said_after_stop(state: str) -> None:
    desk = answered("Sim, aos domingos!")
    if state == "waiting":  # for Twilio's time, or a token that is set right
        desk.outbound("waiting")
    desk.wrote("parar")

    assert list(desk.settled.values()) == ["superseded"]
    assert desk.released[-1].text == desk.policy.texts.opted_out
    assert asked(desk) is None


@pytest.mark.parametrize("ending", ["parar", "close"])
def test_what_was_ended_between_two_answers_does_not_come_back(ending: str) -> None:
    desk = on_its_way()
    if ending == "parar":
        desk.wrote("parar")
        desk.outbound("accepted")  # the answer, after all; then the confirmation
        desk.outbound("accepted")
        first = None
    else:
        first = desk.holder
        desk.wrote("atendente")
        desk.close()
    desk.wrote("aceitam pix?")
    desk.timer("pause")
    before = desk.state.turn.upto
    desk.replied("Sim, aceitamos.")
    if first is not None:
        desk.ledger[first.id] = Ledger("refused", 1, None, 63016, desk.now)
        desk.result(first)
        assert desk.state.owner == Bot()  # what it was about was declared done
    desk.claim()
    desk.give_back()

    question = asked(desk)
    assert question is not None
    assert desk.state.turn.upto == before


def test_an_answer_worded_as_if_the_one_before_had_been_read_goes_to_a_person() -> None:
    desk = on_its_way()
    first = desk.holder
    assert first is not None
    desk.wrote("atendente")
    desk.give_back()
    desk.timer("pause")
    desk.replied("Como eu disse: sim.")
    desk.ledger[first.id] = Ledger("refused", 1, None, 63016, desk.now)
    desk.result(first)

    assert desk.state.owner == Waiting()
    assert desk.state.turn.upto == 0  # all of it waits for whoever claims


def test_it_is_looked_for_every_minute_what_waits_behind_a_persons_message() -> None:
    desk = with_person()
    desk.reply("um")
    for _ in range(2):
        desk.timer("send_overdue")
    desk.outbound("waiting")
    step = desk.timer("send_overdue")

    assert step.changes == (TimerSet("send_overdue", timedelta(seconds=60)),)


def test_a_second_part_waits_for_the_first_one_of_the_bots() -> None:
    desk = answered("abrimos " * 300)
    desk.outbound("waiting")
    desk.now += desk.policy.timing.hopeless
    desk.outbound("submitting", tell=False)
    desk.timer("send_overdue")
    desk.outbound("accepted")

    assert "given_up" not in desk.settled.values()
    assert len(desk.released) == 2
