"""Nobody claims in time: the customer is told once, honestly, and the inbox shows it."""

from collections.abc import Callable
from datetime import timedelta
from operator import methodcaller

import pytest
from desk import HELENA, Desk, with_person

from handoff_router.domain.changes import Queued, TimerCleared, TimerSet
from handoff_router.domain.state import Bot, Human, Waiting

KIND = "handoff_unanswered"
LIMIT = timedelta(minutes=10)


def said(desk: Desk) -> list[str]:
    return [change.message.text for change in desk.changes if isinstance(change, Queued)]


def notices(desk: Desk) -> int:
    return said(desk).count(desk.policy.texts.unanswered)


def waiting() -> Desk:
    """Return a desk where a customer waits for a person, as long as the business allows."""
    desk = Desk()
    desk.wrote("quero falar com um atendente")
    desk.outbound("accepted")
    desk.now += LIMIT
    return desk


def test_a_handoff_has_a_deadline() -> None:
    desk = Desk()
    step = desk.wrote("quero falar com um atendente")

    assert TimerSet(KIND, LIMIT) in step.changes


def test_who_waits_too_long_is_told_and_shown_as_overdue() -> None:
    desk = waiting()
    epoch = desk.state.epoch
    desk.timer(KIND)

    assert desk.state.owner == Waiting(overdue_at=desk.now)
    assert desk.state.epoch == epoch
    notice = desk.released[-1]
    assert (notice.text, notice.automatic) == (desk.policy.texts.unanswered, True)


def test_nobody_is_told_twice_about_one_handoff() -> None:
    desk = waiting()
    desk.timer(KIND)
    assert desk.timer(KIND).changes == ()


def test_the_next_handoff_has_its_own_deadline_and_its_own_words() -> None:
    desk = waiting()
    desk.timer(KIND)
    desk.outbound("accepted")
    desk.close()
    desk.wrote("atendente")
    assert desk.state.owner == Waiting()
    desk.timer(KIND)

    assert notices(desk) == 2


@pytest.mark.parametrize(
    "act", [methodcaller("claim"), methodcaller("give_back"), methodcaller("close")]
)
def test_the_deadline_ends_with_the_wait(act: Callable[[Desk], object]) -> None:
    desk = waiting()
    act(desk)

    assert TimerCleared(KIND) in desk.steps[-1].changes
    assert desk.timer(KIND).changes == ()
    assert notices(desk) == 0


def test_nobody_hears_that_nobody_is_free_once_somebody_has_claimed() -> None:
    desk = waiting()
    desk.timer(KIND)
    notice = desk.holder
    assert notice is not None
    desk.claim()

    assert desk.state.owner == Human(HELENA)
    assert desk.settled[notice.id] == "superseded"


def test_nothing_is_said_when_whatsapps_window_is_closed() -> None:
    desk = waiting()
    desk.now += timedelta(hours=24)
    desk.timer(KIND)

    assert desk.state.owner == Waiting(overdue_at=desk.now)
    assert notices(desk) == 0


def test_nothing_is_said_to_who_asked_for_silence() -> None:
    desk = waiting()
    desk.wrote("sair")
    desk.timer(KIND)

    assert desk.state.owner == Waiting(overdue_at=desk.now)
    assert notices(desk) == 0


def test_nothing_is_said_about_what_was_written_before_a_restore() -> None:
    desk = waiting()
    desk.restored_at = desk.now
    desk.timer(KIND)

    assert notices(desk) == 0


def test_a_person_who_has_it_is_never_overdue() -> None:
    assert with_person().timer(KIND).changes == ()
    assert Desk(policy=with_person().policy).timer(KIND).changes == ()


def test_an_overdue_conversation_that_is_given_back_is_the_bots() -> None:
    desk = waiting()
    desk.timer(KIND)
    desk.give_back()

    assert desk.state.owner == Bot()
    assert desk.state.turn.state == "pausing"  # for who asked for a person and got none
