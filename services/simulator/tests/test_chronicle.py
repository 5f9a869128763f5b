"""The ring of what happened lately."""

from datetime import UTC, datetime

from handoff_simulator.domain.chronicle import KEPT, Changed, Chronicle, News
from handoff_simulator.domain.message import Message
from handoff_simulator.domain.trace import Row, Step

from .world import OURS, PHONE, THEIRS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = 1000


def chronicle() -> Chronicle:
    return Chronicle(lambda: NOON, start=START)


def step(name: str = "a", phone: str = PHONE, *, everywhere: bool = False) -> Step:
    return Step(lane="router", name=name, phone=phone, everywhere=everywhere)


def message(sender: str = THEIRS) -> Message:
    return Message(
        sid="SM" + "a" * 32, direction="inbound", sender=sender, recipient=OURS, body="olá",
        status="received", created_at=NOON,
    )  # fmt: skip


def names(news: list[Row]) -> list[str]:
    return [row.step.name for row in news]


def kinds(news: list[News]) -> list[str]:
    return [row.step.name if isinstance(row, Row) else type(row).__name__ for row in news]


def test_rows_are_numbered_in_order_and_stamped() -> None:
    kept = chronicle()
    kept.note(step("a"))
    kept.note(step("b"))
    rows = kept.rows("", after=0, limit=9)
    assert [(row.number, row.at) for row in rows] == [(START + 1, NOON), (START + 2, NOON)]
    assert names(kept.rows("", after=START + 1, limit=9)) == ["b"]
    assert names(kept.rows("", after=0, limit=1)) == ["a"]
    assert kept.last == START + 2


def test_a_phone_sees_its_own_and_what_concerns_all() -> None:
    kept = chronicle()
    for each in (step("a"), step("b", "BR.1a"), step("c", ""), step("d", "", everywhere=True)):
        kept.note(each)
    kept.changed(message())
    kept.changed(message("whatsapp:BR.1a"))
    assert names(kept.rows(PHONE, after=0, limit=9)) == ["a", "d"]
    assert kinds(list(kept.news(PHONE, after=0))) == ["a", "d", "Changed"]
    assert len(list(kept.news("", after=0))) == 6


def test_rows_and_changes_come_in_one_order() -> None:
    kept = chronicle()
    kept.note(step("a"))
    kept.changed(message())
    kept.note(step("b"))
    news = list(kept.news("", after=START))
    assert kinds(news) == ["a", "Changed", "b"]
    assert [each.number for each in news] == [START + 1, START + 2, START + 3]
    assert kinds(list(kept.news("", after=START + 2))) == ["b"]


def test_the_oldest_goes_and_who_has_not_seen_it_is_told() -> None:
    kept = chronicle()
    for _ in range(KEPT + 1):
        kept.note(step())
    rows = kept.rows("", after=0, limit=KEPT + 9)
    assert (len(rows), rows[0].number) == (KEPT, START + 2)
    assert [kept.has_lost(START + seen) for seen in (0, 1, 2)] == [True, False, False]


def test_who_knows_nothing_has_lost_nothing_and_who_knows_another_process_has() -> None:
    kept = chronicle()
    kept.note(step())
    assert not kept.has_lost(0)
    assert kept.has_lost(START - 7)
    assert kept.has_lost(kept.last + 1)
    assert not kept.has_lost(kept.last)


def test_changes_go_too() -> None:
    kept = chronicle()
    kept.note(step())
    for _ in range(KEPT + 5):
        kept.changed(message())
    assert kept.has_lost(START + 1)
    assert isinstance(next(iter(kept.news("", after=START + 1))), Changed)


def test_listeners_hear_of_everything_until_they_leave() -> None:
    kept, heard = chronicle(), list[int]()
    end = kept.listen(lambda: heard.append(kept.last))
    kept.note(step())
    kept.changed(message())
    end()
    kept.note(step())
    assert heard == [START + 1, START + 2]
