"""Somebody moves the business forward: its deadlines pass, and those of the send protocol don't."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from shell import Shell, about, doubtful_reply, envelope, record, release_of_bot, status_of, wrote

from handoff_common.clock import Clock
from handoff_common.database import Database, table_of
from handoff_common.events import (
    BotReplied,
    BotRequested,
    ClaimRequested,
    CommandAnswered,
    MessageAccepted,
    ReplyRequested,
    ReturnRequested,
)
from handoff_common.tables import (
    METADATA,
    ConversationRow,
    HandoffRow,
    MessageRow,
    RestoreRow,
)

DAY = timedelta(hours=24)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shell(tmp_path: Path, clock: Clock) -> AsyncGenerator[Shell]:
    database = Database(f"sqlite:///{tmp_path}/handoff.db", clock=clock)
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    yield Shell(database)
    await database.close()


def forward(clock: Clock, by: timedelta = DAY) -> None:
    clock.move_to(clock.ahead + by)


async def owner(shell: Shell) -> str:
    [conversation] = await shell.rows(ConversationRow)
    return conversation.owner


def in_time(clock: Clock, conversation: UUID) -> dict[str, object]:
    """Return what a command has that is sent now."""
    expires = clock.now() + timedelta(seconds=30)
    return envelope(conversation) | {"time": clock.now(), "expires_at": expires}


async def test_a_takeover_waits_for_a_message_on_its_way_however_far_the_jump(
    shell: Shell, clock: Clock
) -> None:
    release = await release_of_bot(shell)
    await record(shell, release, "submitting")
    await shell.route(ClaimRequested.model_validate(envelope(release.conversation_id)))
    assert await owner(shell) == "claiming"

    forward(clock)

    assert await shell.fire() == []
    assert await owner(shell) == "claiming"
    await record(shell, release, "accepted")
    await shell.route(MessageAccepted.model_validate(about(release) | {"message_sid": "SMx"}))
    assert await owner(shell) == "human"
    assert await status_of(shell, release.message_id) == "accepted"


async def test_what_is_in_doubt_is_overtaken_by_nothing_because_of_a_jump(
    shell: Shell, clock: Clock
) -> None:
    release = await release_of_bot(shell)
    await record(shell, release, "doubtful")
    conversation = release.conversation_id
    await shell.route(ClaimRequested.model_validate(envelope(conversation)))
    forward(clock, timedelta(hours=1))
    reply = in_time(clock, conversation) | {"text": "olá", "seq_seen": 0}

    assert await shell.releases(ReplyRequested.model_validate(reply)) == []
    assert await shell.fire() == []
    assert await status_of(shell, release.message_id) != "unconfirmed"


async def test_an_operators_doubt_is_not_decided_by_a_jump(shell: Shell, clock: Clock) -> None:
    release = await doubtful_reply(shell)

    forward(clock)

    assert await shell.fire() == []
    assert await status_of(shell, release.message_id) == "doubtful"


async def test_a_release_is_not_given_up_by_jumps(shell: Shell, clock: Clock) -> None:
    release = await release_of_bot(shell)
    for _ in range(5):
        forward(clock)
        assert await shell.fire() == []
    assert await status_of(shell, release.message_id) == "released"


async def test_a_burst_that_was_waiting_gets_a_person_and_an_apology(
    shell: Shell, clock: Clock
) -> None:
    shell.policy = type(shell.policy)(pause=timedelta(seconds=12))
    await shell.route(wrote("oi"))
    assert await shell.fire() == []

    forward(clock)

    await shell.fire()
    assert await owner(shell) == "waiting"
    [handoff] = await shell.rows(HandoffRow)
    assert handoff.reason == "late"


async def test_a_turn_that_was_running_becomes_a_handoff_and_its_answer_is_not_said(
    shell: Shell, clock: Clock
) -> None:
    await shell.route(wrote("oi"))
    [asked] = await shell.fire()
    assert isinstance(asked, BotRequested)

    forward(clock)
    await shell.fire()
    fields = {"id": UUID(int=9), "time": asked.time, "conversation_id": asked.conversation_id}
    late = fields | {"epoch": asked.epoch, "turn": asked.turn, "text": "resposta"}

    assert await shell.effects(BotReplied.model_validate(late)) == []
    assert await owner(shell) == "waiting"


async def test_who_waits_longer_than_people_should_is_told_so_once(
    shell: Shell, clock: Clock
) -> None:
    [handoff] = await shell.releases(wrote("quero falar com um atendente"))
    await record(shell, handoff, "accepted")
    await shell.route(MessageAccepted.model_validate(about(handoff) | {"message_sid": "SMx"}))
    forward(clock, timedelta(minutes=9))
    assert await shell.fire() == []
    forward(clock, timedelta(minutes=2))
    fired = await shell.timers.due(10)

    [notice] = await shell.releases(*fired)

    assert notice.text == shell.policy.texts.unanswered
    [conversation] = await shell.rows(ConversationRow)
    assert conversation.overdue_at is not None
    assert await shell.releases(*fired) == [notice]  # delivered again: the same, with the same id
    late = [timer.model_copy(update={"id": UUID(int=8)}) for timer in fired]
    assert await shell.releases(*late) == []  # another one of a generation that is over
    await shell.route(ClaimRequested.model_validate(in_time(clock, notice.conversation_id)))
    [conversation] = await shell.rows(ConversationRow)
    assert (conversation.owner, conversation.overdue_at) == ("human", None)


async def test_what_the_bot_says_behind_a_persons_message_is_given_up_in_time(
    shell: Shell, clock: Clock
) -> None:
    at_once = replace(shell.policy.timing, send_overdue=timedelta(0))
    shell.policy = replace(shell.policy, timing=at_once)
    reply = await doubtful_reply(shell)
    await record(shell, reply, "waiting")
    back = envelope(reply.conversation_id) | {"note": ""}
    await shell.route(ReturnRequested.model_validate(back), wrote("e domingo?", "SM2"))
    [asked] = [event for event in await shell.fire() if isinstance(event, BotRequested)]
    fields = {"id": UUID(int=9), "time": asked.time, "conversation_id": asked.conversation_id}
    answer = fields | {"epoch": asked.epoch, "turn": asked.turn, "text": "resposta"}
    assert await shell.effects(BotReplied.model_validate(answer)) == []
    await shell.fire()
    assert await owner(shell) == "bot"

    forward(clock, timedelta(minutes=31))
    await shell.fire()

    assert await owner(shell) == "waiting"
    statuses = {row.text: row.status for row in await shell.rows(MessageRow)}
    assert statuses["resposta"] == "given_up"
    assert statuses[shell.policy.texts.bot_failed] == "queued"
    assert await status_of(shell, reply.message_id) == "doubtful"  # and still on its way


async def test_the_window_closes(shell: Shell, clock: Clock) -> None:
    [handoff] = await shell.releases(wrote("quero falar com um atendente"))
    conversation = handoff.conversation_id
    await shell.route(ClaimRequested.model_validate(envelope(conversation)))
    forward(clock, DAY + timedelta(seconds=1))
    reply = in_time(clock, conversation) | {"text": "olá", "seq_seen": 0}

    [handled] = await shell.route(ReplyRequested.model_validate(reply))

    assert isinstance(handled.answer, CommandAnswered)
    assert handled.answer.reason == "window_closed"


async def test_a_deadline_that_was_leased_is_not_leased_again_by_a_jump(
    shell: Shell, clock: Clock
) -> None:
    await shell.route(wrote("oi"))
    assert len(await shell.timers.due(10)) == 1

    forward(clock)

    assert not await shell.timers.due(10)


async def test_what_was_written_before_a_restore_is_from_before_it_at_any_time(
    shell: Shell, clock: Clock
) -> None:
    forward(clock)
    mark = RestoreRow(restored_at=clock.machine_now(), taken_at=clock.machine_now())
    async with shell.database.write() as connection:
        await connection.execute(table_of(RestoreRow).insert().values(mark.model_dump()))
    before = clock.now() - timedelta(hours=1)

    await shell.route(wrote("oi").model_copy(update={"received_at": before}))

    assert await owner(shell) == "waiting"
