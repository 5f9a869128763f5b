"""After a restore: what customers wrote before it may have been answered, so a person reads it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from pathlib import Path

import pytest
from desk import START, Desk, answered, with_person
from shell import Shell, wrote

from handoff_common.database import Database, table_of
from handoff_common.events import BotRequested
from handoff_common.tables import METADATA, ConversationRow, RestoreRow
from handoff_router.domain.changes import ConsentChanged, HandoffOpened, Queued
from handoff_router.domain.state import Bot, Human, Waiting

LONG_AGO = timedelta(hours=1)


def reasons(desk: Desk) -> list[str]:
    return [change.reason for change in desk.changes if isinstance(change, HandoffOpened)]


def said(desk: Desk) -> list[str]:
    return [change.message.text for change in desk.changes if isinstance(change, Queued)]


def restored(desk: Desk | None = None) -> Desk:
    """Return a desk whose database was put back just now."""
    desk = Desk() if desk is None else desk
    desk.now += timedelta(seconds=1)
    desk.restored_at = desk.now
    return desk


def pausing() -> Desk:
    desk = Desk()
    desk.wrote("vocês abrem domingo?")
    return desk


def running() -> Desk:
    desk = pausing()
    desk.timer("pause")
    return desk


def test_a_message_that_is_found_again_waits_for_a_person_without_a_word() -> None:
    desk = restored()
    desk.wrote("vocês abrem domingo?", ago=LONG_AGO)
    assert desk.state.owner == Waiting()
    assert (reasons(desk), said(desk)) == (["restored"], [])


@pytest.mark.parametrize("text", ["quero um atendente", "oi", "sair"])
def test_no_message_that_is_found_again_gets_a_word(text: str) -> None:
    desk = restored()
    for _ in range(2):
        desk.wrote(text, ago=LONG_AGO)
    assert said(desk) == []
    assert len(reasons(desk)) == (text != "sair")


def test_silence_that_was_asked_for_is_kept() -> None:
    desk = restored()
    desk.wrote("sair", ago=LONG_AGO)
    assert [c.opted_out for c in desk.changes if isinstance(c, ConsentChanged)] == [True]
    assert desk.state.owner == Bot()


@pytest.mark.parametrize(
    ("before", "then", "reason"),
    [
        (pausing, methodcaller("timer", "pause"), "restored"),
        (running, methodcaller("replied", "Sim!"), "restored"),
        (running, methodcaller("escalated", "Chamei alguém."), "sensitive"),
        (running, methodcaller("failed"), "bot_failed"),
        (running, methodcaller("timer", "turn_overdue"), "bot_silent"),
    ],
)
def test_a_turn_from_before_the_restore_ends_with_a_person_and_without_a_word(
    before: Callable[[], Desk], then: Callable[[Desk], object], reason: str
) -> None:
    desk = restored(before())
    then(desk)
    assert desk.state.owner == Waiting()
    assert (reasons(desk), said(desk)) == ([reason], [])


def test_who_writes_on_after_the_restore_gets_a_person_for_all_of_it() -> None:
    desk = restored(pausing())
    desk.now += timedelta(seconds=1)
    desk.wrote("oi??")
    assert desk.state.owner == Waiting()
    assert (reasons(desk), said(desk)) == (["restored"], [desk.policy.texts.late])


@pytest.mark.parametrize("before", [pausing, running])
def test_the_bot_is_never_asked_about_words_from_before_it(before: Callable[[], Desk]) -> None:
    desk = restored(before())
    desk.timer("pause")
    desk.replied("Sim!")
    assert reasons(desk) == ["restored"]
    upto = desk.state.seq
    desk.now += timedelta(seconds=1)
    desk.wrote("e aceitam pix?")
    desk.give_back()
    desk.timer("pause")
    assert [event for event in desk.events if isinstance(event, BotRequested)][-1].epoch == 2
    assert desk.state.turn.upto == upto


def test_who_writes_after_the_restore_is_answered() -> None:
    desk = answered()
    desk.outbound("accepted")
    restored(desk)
    desk.now += timedelta(seconds=1)
    desk.steps.clear()
    desk.wrote("e sábado?")
    desk.timer("pause")
    [asked] = desk.events
    assert isinstance(asked, BotRequested)
    desk.replied("Sim!")
    assert (reasons(desk), said(desk)) == ([], ["Sim!"])


def test_who_asks_for_a_person_after_the_restore_is_told() -> None:
    desk = restored()
    desk.wrote("oi", ago=LONG_AGO)
    desk.wrote("quero falar com um atendente")
    assert said(desk) == [desk.policy.texts.waiting]


def test_a_person_goes_on_with_the_conversation() -> None:
    desk = restored(with_person())
    desk.wrote("oi", ago=LONG_AGO)
    assert isinstance(desk.state.owner, Human)
    desk.reply("já respondo")
    assert said(desk)[-1] == "já respondo"
    desk.give_back()
    desk.now = START + LONG_AGO
    desk.wrote("e agora?")
    desk.timer("pause")
    desk.replied("Sim!")
    assert said(desk)[-1] == "Sim!"


async def test_the_router_reads_in_the_database_that_it_was_put_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/handoff.db")
    marks = [datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (-60, 60)]
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
        rows = [{"restored_at": mark, "taken_at": mark} for mark in marks]
        await connection.execute(table_of(RestoreRow).insert(), rows)
    shell = Shell(database)
    await shell.route(wrote("oi"))
    [conversation] = await shell.rows(ConversationRow)
    assert conversation.owner == "waiting"
    await database.close()
