"""An operator takes over, answers, and gives back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import CONVERSATION, HELENA, RUI, Desk, answered, with_person

from handoff_common.events import MessageReleased
from handoff_router.domain.changes import (
    HandoffBriefed,
    HandoffClosed,
    HandoffGranted,
    HandoffOpened,
    Queued,
)
from handoff_router.domain.state import Bot, Claiming, Conversation, Human, Ledger, Waiting


def reasons(desk: Desk) -> list[str]:
    return [change.reason for change in desk.changes if isinstance(change, HandoffOpened)]


def said(desk: Desk) -> list[str]:
    return [change.message.text for change in desk.changes if isinstance(change, Queued)]


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


def test_what_others_say_does_not_end_the_wait() -> None:
    desk = answered()
    message = desk.holder
    assert message is not None
    desk.outbound("submitting", tell=False)
    desk.claim()
    desk.result(message)  # a hint, and the ledger has nothing new

    assert desk.state.owner == Claiming(HELENA)


def test_a_given_up_message_is_not_called_refused_later() -> None:
    desk = with_person()
    desk.reply("um")
    message = desk.holder
    assert message is not None
    for _ in range(3):
        desk.timer("send_overdue")
    desk.ledger[message.id] = Ledger("refused")
    desk.result(message)

    assert desk.settled[message.id] == "given_up"


def test_a_conversation_without_a_handoff_can_be_given_back_too() -> None:
    desk = Desk(Conversation(CONVERSATION, "whatsapp:+1", "whatsapp:+2", owner=Waiting()))
    step = desk.give_back()

    assert step.answer is not None
    assert step.answer.accepted
    assert desk.state.owner == Bot()


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
    desk.ledger[message.id] = Ledger("accepted", sid="SM9")
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


def test_a_brief_that_comes_late_is_kept_and_changes_no_owner() -> None:
    desk = with_person()
    handoff = desk.state.handoff
    assert handoff is not None
    desk.close()
    before = desk.state

    step = desk.briefed(handoff)

    assert [type(change) for change in step.changes] == [HandoffBriefed]
    assert step.state == replace(before, version=before.version + 1)
    assert step.events == ()
