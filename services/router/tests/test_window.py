"""The send window: one message at a time, each with exactly one end."""

from datetime import timedelta

import pytest
from desk import HELENA, RUI, Desk, answered, with_person

from handoff_router.domain.changes import TimerSet
from handoff_router.domain.state import Bot, Ledger, Waiting


def operator_in_doubt(*, last: bool = False) -> Desk:
    """Return a desk where nobody knows whether Helena's message arrived, and another waits."""
    desk = with_person()
    desk.reply("um")
    desk.reply("dois")
    desk.outbound("doubtful")
    if last:
        desk.outbound("unknown")
    return desk


def texts(desk: Desk) -> list[str]:
    return [event.text for event in desk.released if not event.automatic]


def test_a_refused_message_opens_the_window() -> None:
    desk = with_person()
    desk.reply("um")
    desk.reply("dois")
    desk.outbound("refused")

    assert texts(desk) == ["um", "dois"]
    assert "refused" in desk.settled.values()


def test_a_result_is_only_a_reason_to_read_the_ledger() -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.result(message)  # it says accepted; the ledger has nothing

    assert desk.settled == {}
    assert desk.state.window == message.id


def test_a_doubtful_answer_of_the_bots_is_unconfirmed_after_the_last_check() -> None:
    desk = answered()
    desk.outbound("doubtful")
    assert desk.settled == {}
    desk.outbound("unknown")

    assert list(desk.settled.values()) == ["unconfirmed"]


def test_a_doubtful_message_of_a_person_holds_the_window() -> None:
    desk = operator_in_doubt(last=True)

    assert texts(desk) == ["um"]
    assert TimerSet("undecided", desk.policy.timing.undecided) in desk.changes


def test_the_operator_sends_it_again_as_the_next_attempt() -> None:
    desk = operator_in_doubt(last=True)
    message = desk.holder
    assert message is not None
    desk.decide(message.id, resend=True)

    assert [(event.text, event.attempt) for event in desk.released[-2:]] == [("um", 1), ("um", 2)]
    desk.ledger[message.id] = Ledger()  # the second attempt has no row yet
    desk.outbound("accepted")
    assert texts(desk) == ["um", "um", "dois"]


def test_the_operator_lets_it_be() -> None:
    desk = operator_in_doubt(last=True)
    message = desk.holder
    assert message is not None
    desk.decide(message.id, resend=False)

    assert desk.settled[message.id] == "unconfirmed"
    assert texts(desk) == ["um", "dois"]


def test_there_is_nothing_to_decide_before_the_checks_are_over_or_for_somebody_else() -> None:
    for desk, who in [(operator_in_doubt(), HELENA), (operator_in_doubt(last=True), RUI)]:
        message = desk.holder
        assert message is not None
        step = desk.decide(message.id, resend=True, who=who)
        assert step.answer is not None
        assert step.answer.reason == "nothing_to_decide"


def test_nobody_decides_and_the_window_opens() -> None:
    desk = operator_in_doubt(last=True)
    desk.timer("undecided")

    assert "unconfirmed" in desk.settled.values()
    assert texts(desk) == ["um", "dois"]


def test_the_deadline_for_deciding_comes_when_it_was_accepted_after_all() -> None:
    desk = operator_in_doubt(last=True)
    desk.outbound("accepted", tell=False)
    desk.timer("undecided")

    assert "accepted" in desk.settled.values()


def test_a_change_of_owner_ends_the_doubt_once_its_attempt_is_over() -> None:
    desk = operator_in_doubt()
    desk.give_back()
    assert desk.state.owner == Bot()
    assert texts(desk) == ["um"]

    desk.now += desk.policy.timing.orphaned
    desk.timer("settling")
    assert "unconfirmed" in desk.settled.values()
    assert texts(desk) == ["um", "dois"]


def test_what_is_overdue_is_released_again_with_the_same_ids_and_then_given_up() -> None:
    desk = with_person()
    desk.reply("um")
    before = len(desk.released)
    desk.timer("send_overdue")
    desk.timer("send_overdue")
    again = desk.released[before - 1 :]
    assert len({(event.message_id, event.attempt) for event in again}) == 1
    assert len({event.id for event in again}) == 3
    waits = [c.delay for c in desk.changes if isinstance(c, TimerSet) and c.kind == "send_overdue"]
    overdue = desk.policy.timing.send_overdue
    assert waits[-3:] == [overdue, 5 * overdue, 30 * overdue]

    desk.timer("send_overdue")
    assert "given_up" in desk.settled.values()
    assert desk.state.window is None


@pytest.mark.parametrize("end", ["given_up", "refused"])
def test_an_answer_that_never_arrives_is_a_handoff_not_silence(end: str) -> None:
    desk = answered("um")
    if end == "refused":
        desk.outbound("refused")
    else:
        for _ in range(3):
            desk.timer("send_overdue")

    assert end in desk.settled.values()
    assert desk.state.owner == Waiting()
    assert desk.released[-1].text == desk.policy.texts.bot_failed


def test_what_was_just_released_is_not_overdue() -> None:
    desk = with_person()
    desk.reply("um")
    desk.reply("dois")
    desk.outbound("accepted", tell=False)
    desk.timer("send_overdue")

    assert texts(desk) == ["um", "dois"]


def test_what_has_an_attempt_is_not_overdue() -> None:
    desk = answered("um")
    desk.outbound("submitting", tell=False)
    for _ in range(5):
        step = desk.timer("send_overdue")
        assert step.changes == (TimerSet("send_overdue", desk.policy.timing.send_overdue),)
    assert len(desk.released) == 1


def test_an_answer_behind_a_persons_message_that_waits_is_a_handoff_in_time() -> None:
    desk = with_person()
    desk.reply("um")
    desk.outbound("waiting")  # for our configuration to be set right: hours, perhaps
    desk.give_back()
    desk.wrote("e domingo?")
    desk.timer("pause")
    desk.replied("abrimos " * 300)  # two parts
    desk.now += desk.policy.timing.hopeless - timedelta(seconds=1)
    desk.timer("send_overdue")
    assert desk.state.owner == Bot()

    desk.now += timedelta(seconds=1)
    desk.timer("send_overdue")
    assert desk.state.owner == Waiting()
    assert list(desk.settled.values()).count("given_up") == 2
    assert desk.state.turn.upto < desk.state.inbound_seq  # the question waits for whoever claims
    desk.outbound("accepted")
    assert [event.text for event in desk.released][-2:] == ["um", desk.policy.texts.bot_failed]


def test_a_deadline_without_a_message_does_nothing() -> None:
    desk = Desk()

    assert desk.timer("send_overdue").changes == ()
    assert desk.timer("undecided").changes == ()


def test_a_handoff_does_not_wait_for_the_answer_that_is_on_its_way() -> None:
    desk = answered("resposta")
    desk.outbound("submitting", tell=False)
    desk.wrote("atendente")
    assert len(desk.released) == 1  # the text queues behind it

    desk.outbound("accepted")
    assert desk.released[-1].text == desk.policy.texts.handoff


def test_time_heals_nothing_by_itself() -> None:
    desk = answered()
    desk.now += timedelta(days=1)
    desk.wrote()

    assert desk.state.window is not None
