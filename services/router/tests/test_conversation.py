"""The core rows of the ownership table, one by one."""

from datetime import timedelta

import pytest
from desk import HELENA, RUI, Desk, answered, with_person

from handoff_common.events import BotRequested, MessageReleased
from handoff_router.domain.changes import (
    ConsentChanged,
    HandoffClosed,
    HandoffGranted,
    HandoffOpened,
    Queued,
    TimerSet,
)
from handoff_router.domain.state import Bot, Claiming, Human, Ledger, Waiting


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
    desk.wrote("atendente, por favor")

    assert "posição 1" in said(desk)[-1]


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


# Takeover


def test_a_claim_is_granted_at_once_when_nothing_is_on_its_way() -> None:
    desk = Desk()
    desk.wrote()
    step = desk.claim()

    assert desk.state.owner == Human(HELENA)
    assert desk.state.epoch == 1
    assert step.answer is not None
    assert (step.answer.accepted, step.answer.owner, step.answer.epoch) == (True, "human", 1)
    assert reasons(desk) == ["takeover"]


def test_a_claim_waits_for_the_attempt_that_is_open() -> None:
    desk = answered()
    desk.outbound("submitting", tell=False)
    desk.claim()
    assert desk.state.owner == Claiming(HELENA)

    desk.reply("já respondo")
    assert len(desk.released) == 1  # queued behind the bot's message

    desk.outbound("accepted")
    assert desk.state.owner == Human(HELENA)
    assert [event.automatic for event in desk.released] == [True, False]


@pytest.mark.parametrize("state", ["none", "waiting"])
def test_a_released_message_without_an_attempt_is_superseded_by_a_claim(state: str) -> None:
    desk = answered()
    [release] = desk.released
    desk.outbound(state, tell=False)  # pyright: ignore[reportArgumentType]
    desk.claim()

    assert desk.state.owner == Human(HELENA)
    assert desk.settled == {release.message_id: "superseded"}
    assert desk.state.window is None


def test_a_doubtful_message_does_not_hold_a_claim_up_but_nothing_overtakes_it() -> None:
    desk = answered()
    desk.outbound("doubtful", tell=False)
    desk.claim()
    desk.reply("olá")
    assert desk.state.owner == Human(HELENA)
    assert len(desk.released) == 1  # Twilio may still accept the first one

    desk.now += desk.policy.timing.orphaned
    desk.timer("settling")
    assert list(desk.settled.values()) == ["unconfirmed"]
    assert desk.released[-1].text == "olá"


def test_a_message_that_nobody_found_is_unconfirmed_at_once_by_a_claim() -> None:
    desk = answered()
    desk.outbound("unknown", tell=False)
    desk.claim()

    assert list(desk.settled.values()) == ["unconfirmed"]


def test_an_attempt_that_turned_doubtful_lets_the_claim_through() -> None:
    desk = answered()
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.outbound("doubtful")

    assert desk.state.owner == Human(HELENA)


def test_an_attempt_still_open_after_the_wait_counts_as_over_and_is_counted() -> None:
    desk = answered()
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.timer("settling")

    assert desk.state.owner == Human(HELENA)
    assert any(isinstance(c, HandoffGranted) and c.forced for c in desk.changes)
    desk.timer("settling")  # a second one does nothing
    assert sum(isinstance(c, HandoffGranted) for c in desk.changes) == 1


def test_a_message_that_was_called_unconfirmed_may_still_turn_out_to_be_accepted() -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.outbound("unknown")
    assert desk.settled == {message.id: "unconfirmed"}
    desk.ledger[message.id] = Ledger("accepted", "SM9")
    desk.result(message)
    assert desk.settled == {message.id: "accepted"}
    assert desk.result(message).changes == ()


@pytest.mark.parametrize("state", ["superseded", "refused"])
def test_a_late_worker_corrects_what_was_called_unconfirmed(state: str) -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.timer("settling")
    assert desk.settled == {message.id: "unconfirmed"}

    desk.ledger[message.id] = Ledger(state)  # pyright: ignore[reportArgumentType]
    desk.result(message)
    assert desk.settled == {message.id: state}


def test_a_second_operator_is_told_who_has_it() -> None:
    desk = with_person()
    step = desk.claim(RUI)

    assert step.answer is not None
    assert (step.answer.accepted, step.answer.reason) == (False, "taken")
    assert step.answer.owner_id == HELENA


def test_the_same_operator_claims_twice_and_nothing_happens() -> None:
    desk = with_person()
    epoch = desk.state.epoch
    step = desk.claim()

    assert step.answer is not None
    assert step.answer.accepted
    assert (desk.state.epoch, step.changes) == (epoch, ())


def test_while_it_settles_it_can_neither_be_returned_nor_taken() -> None:
    desk = answered()
    desk.outbound("submitting", tell=False)
    desk.claim()

    for step, reason in [
        (desk.give_back(), "settling"), (desk.close(), "settling"),
        (desk.claim(RUI), "taken"), (desk.reply(who=RUI), "taken"),
    ]:  # fmt: skip
        assert step.answer is not None
        assert step.answer.reason == reason


# A person answers


def test_only_the_owner_replies() -> None:
    desk = with_person()

    for step, reason in [(desk.reply(who=RUI), "taken"), (Desk().reply(), "claim_first")]:
        assert step.answer is not None
        assert step.answer.reason == reason


def test_a_reply_names_the_message_that_it_became() -> None:
    desk = with_person()
    step = desk.reply("olá, Ana")

    assert step.answer is not None
    [event] = step.events
    assert isinstance(event, MessageReleased)
    assert step.answer.message_id == event.message_id
    assert not event.automatic


def test_no_free_text_after_24_hours() -> None:
    desk = with_person()
    desk.now += timedelta(hours=24, seconds=1)
    step = desk.reply()

    assert step.answer is not None
    assert step.answer.reason == "window_closed"


def test_an_expired_command_is_refused() -> None:
    desk = Desk()
    desk.wrote()
    step = desk.claim(late=timedelta(seconds=31))

    assert step.answer is not None
    assert step.answer.reason == "expired"


def test_accepted_replies_go_on_after_the_conversation_was_given_back() -> None:
    desk = with_person()
    desk.reply("um")
    desk.reply("dois")
    desk.give_back("prometi um bolo")

    assert desk.state.owner == Bot()
    assert (desk.state.note, desk.state.handoff) == ("prometi um bolo", None)
    desk.outbound("accepted")
    assert [event.text for event in desk.released if not event.automatic] == ["um", "dois"]


def test_closing_ends_the_handoff_with_its_outcome() -> None:
    desk = with_person()
    desk.close()

    [closed] = [change for change in desk.changes if isinstance(change, HandoffClosed)]
    assert closed.outcome == "resolved"
    assert desk.state.owner == Bot()


def test_a_waiting_conversation_may_be_returned_without_claiming() -> None:
    desk = Desk()
    desk.wrote("atendente")
    desk.give_back()

    assert desk.state.owner == Bot()


def test_there_is_nothing_to_return_while_the_bot_has_it() -> None:
    step = Desk().give_back()

    assert step.answer is not None
    assert step.answer.reason == "claim_first"


def test_nobody_returns_what_somebody_else_has() -> None:
    desk = with_person()
    step = desk.give_back(who=RUI)

    assert step.answer is not None
    assert step.answer.reason == "taken"
