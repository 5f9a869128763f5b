"""What only shows when two work at once, and which indexes our statements find."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from shell import Shell, envelope, wrote
from sqlalchemy import text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_common import schema
from handoff_common.database import Database, table_of
from handoff_common.errors import TransientError
from handoff_common.events import ClaimRequested, CommandAnswered, CustomerWrote
from handoff_common.ids import inbound_id
from handoff_common.tables import ConversationRow, TimerRow
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres
from handoff_router.adapters.conversations import DatabaseConversations
from handoff_router.adapters.loading import threads_of

TIMERS = table_of(TimerRow).c


@pytest.fixture
async def shell(postgres: Postgres) -> AsyncGenerator[Shell]:
    name = f"locking_{uuid4().hex[:6]}"
    database = Database(await migrated_database(postgres, name))
    yield Shell(database)
    await database.close()
    await postgres.drop_database(name)


def wrote_by(number: int, text: str = "oi") -> CustomerWrote:
    sid, customer = f"SM{number}/{text}", f"whatsapp:+{number}"
    return wrote(text).model_copy(
        update={"id": inbound_id(sid), "message_sid": sid, "customer": customer}
    )


async def two_conversations(shell: Shell) -> tuple[UUID, UUID]:
    """Return two that the bot has, in the order in which everybody locks."""
    await shell.route(wrote_by(1), wrote_by(2))
    first, second = sorted(row.id for row in await shell.rows(ConversationRow))
    return first, second


# Keys


@pytest.mark.integration
async def test_a_key_that_another_replica_took_meanwhile_is_found_by_the_next_try(
    shell: Shell,
) -> None:
    first, second = await two_conversations(shell)
    key = {"id": uuid4()}
    mine = ClaimRequested.model_validate(envelope(first) | key)
    theirs = ClaimRequested.model_validate(envelope(second) | key)
    conversations = DatabaseConversations(shell.database)

    async def meanwhile() -> None:
        async with conversations.locked([mine]) as unit:
            assert unit.stored(mine) is None
            await shell.route(theirs)
            unit.ignore(mine)

    with pytest.raises(TransientError):  # not a dead letter
        await meanwhile()
    [handled] = await shell.route(mine)
    assert isinstance(handled.answer, CommandAnswered)
    assert handled.answer.reason == "key_reused"


# Orders


@pytest.mark.integration
async def test_deadlines_are_marked_in_the_order_in_which_everybody_locks(shell: Shell) -> None:
    first, second = await two_conversations(shell)
    fired = sorted(await shell.timers.due(10), key=lambda timer: timer.conversation_id)
    assert [timer.conversation_id for timer in fired] == [first, second]
    await without_deadlock(shell, first, second, shell.timers.published(fired[::-1]))


@pytest.mark.integration
async def test_deadlines_are_set_in_the_order_in_which_everybody_locks(shell: Shell) -> None:
    first, second = await two_conversations(shell)
    numbers = {row.id: int(row.customer[-1]) for row in await shell.rows(ConversationRow)}
    again = [wrote_by(numbers[each], "e?") for each in (second, first)]
    await without_deadlock(shell, first, second, shell.route(*again))


async def without_deadlock(
    shell: Shell, first: UUID, second: UUID, work: Coroutine[object, object, object]
) -> None:
    """Let work meet somebody who locks the timers of both conversations in order."""
    async with shell.database.write() as connection:
        await touch(connection, first)
        working = asyncio.create_task(work)
        while not await somebody_waits(shell.database):
            assert not working.done()
        await touch(connection, second)  # waits for ever if it was locked before the first
    await working


async def touch(connection: AsyncConnection, conversation: UUID) -> None:
    mine = update(table_of(TimerRow)).where(TIMERS.conversation_id == conversation)
    await connection.execute(mine.values(trace="touched"))


async def somebody_waits(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with database.read() as connection:  # a transaction sees one moment of this view
        return bool(await connection.scalar(waiting))


# Indexes


async def test_a_customers_conversations_are_found_by_an_index(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    await schema.upgrade(url)
    database = Database(url)
    compiled = threads_of(["a", "b"]).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    async with database.read() as connection:
        plan = (await connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))).all()
    await database.close()
    assert "USING INDEX ix_conversations_pair (customer=?)" in str(plan)


@pytest.mark.integration
async def test_a_customers_conversations_are_found_by_an_index_on_postgresql(
    shell: Shell,
) -> None:
    compiled = threads_of(["a", "b"]).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    async with shell.database.read() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))  # the table is tiny
        plan = (await connection.execute(text(f"EXPLAIN {compiled}"))).all()
    assert "ix_conversations_pair" in str(plan)
    assert "Index Cond: (customer)" in str(plan).replace("((customer)::text", "(customer)")
