import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Uuid, bindparam, inspect, select, text
from sqlalchemy.engine import Connection

from handoff_common import migrating, schema
from handoff_common.database import Database, table_of
from handoff_common.messaging.embedded import EMBEDDED_TABLES
from handoff_common.tables import ConversationRow, TimerRow
from handoff_common.testing.postgres import Postgres


async def differences(url: str) -> list[Any]:
    """Return what the code's tables have and the migrated database lacks, and the reverse."""

    def compare(connection: Connection) -> list[Any]:
        metadata = migrating.published_metadata(embedded=connection.dialect.name == "sqlite")
        return compare_metadata(MigrationContext.configure(connection), metadata)

    database = Database(url)
    async with database.read() as connection:
        found = await connection.run_sync(compare)
    await database.close()
    return found


async def tables(url: str) -> set[str]:
    database = Database(url)
    async with database.read() as connection:
        names = await connection.run_sync(lambda bind: inspect(bind).get_table_names())
    await database.close()
    return set(names)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'handoff.db'}"


async def new_database(postgres: Postgres) -> str:
    return await postgres.create_database(f"migrations_{uuid4().hex[:6]}")


def test_head_is_the_last_revision_and_there_is_one_line_of_them() -> None:
    script = ScriptDirectory.from_config(migrating.configuration())
    assert script.get_heads() == [schema.HEAD]
    assert script.get_bases() == ["0001"]


async def test_a_migrated_sqlite_database_has_exactly_the_tables_of_the_code(
    sqlite_url: str,
) -> None:
    assert await schema.upgrade(sqlite_url) == schema.HEAD
    assert await differences(sqlite_url) == []


async def test_the_comparison_notices_a_missing_column(sqlite_url: str) -> None:
    await schema.upgrade(sqlite_url)
    database = Database(sqlite_url)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE timers DROP COLUMN leased_until"))
    await database.close()
    assert [(change[0], change[3].name) for change in await differences(sqlite_url)] == [
        ("add_column", "leased_until")
    ]


@pytest.mark.integration
async def test_a_migrated_postgresql_database_has_exactly_the_tables_of_the_code(
    postgres: Postgres,
) -> None:
    url = await new_database(postgres)
    assert await schema.upgrade(url) == schema.HEAD
    assert await differences(url) == []


@pytest.mark.integration
async def test_the_embedded_broker_has_its_tables_on_sqlite_only(
    postgres: Postgres, sqlite_url: str
) -> None:
    url = await new_database(postgres)
    await schema.upgrade(url)
    await schema.upgrade(sqlite_url)
    embedded = {table.name for table in EMBEDDED_TABLES}
    assert await tables(sqlite_url) - await tables(url) == embedded


async def test_an_empty_database_is_refused_and_the_error_says_what_to_do(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    assert await schema.current(database) is None
    with pytest.raises(schema.SchemaError, match="handoff db upgrade"):
        await schema.check(database)
    await database.close()


async def test_a_database_of_another_release_is_refused_by_its_revision(sqlite_url: str) -> None:
    await schema.upgrade(sqlite_url)
    database = Database(sqlite_url)
    await schema.check(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(schema.SchemaError, match=f"revision 0000 .* needs {schema.HEAD}"):
        await schema.check(database)
    await database.close()


async def test_upgrading_again_changes_nothing(sqlite_url: str) -> None:
    await schema.upgrade(sqlite_url)
    assert await schema.upgrade(sqlite_url) == schema.HEAD
    assert await differences(sqlite_url) == []


UPGRADE = """
import asyncio, sys
from handoff_common.schema import upgrade
print(asyncio.run(upgrade(sys.argv[1])))
"""


async def upgrade_in_a_process_of_its_own(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UPGRADE, url, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return printed.decode().strip()


async def test_two_upgrades_of_one_sqlite_file_at_once_take_turns(sqlite_url: str) -> None:
    found = await asyncio.gather(*(upgrade_in_a_process_of_its_own(sqlite_url) for _ in range(2)))
    assert found == [schema.HEAD] * 2
    assert await differences(sqlite_url) == []


@pytest.mark.integration
async def test_upgrades_of_two_postgresql_databases_at_once_take_turns(postgres: Postgres) -> None:
    # Two of one database, and another at the same time: roles belong to the whole server.
    urls = [await new_database(postgres), await new_database(postgres)]
    found = await asyncio.gather(
        upgrade_in_a_process_of_its_own(urls[0]), *(schema.upgrade(url) for url in urls)
    )
    assert found == [schema.HEAD] * 3
    for url in urls:
        assert await differences(url) == []


async def at_the_fifth_revision(url: str) -> Database:
    """Return a database with a conversation of each owner; all but the bot's have a handoff."""
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(
            lambda bind: command.upgrade(migrating.configuration(bind), "0005")
        )
        for owner in ("bot", "waiting", "claiming", "human"):
            values = {"id": uuid4(), "owner": owner, "at": datetime.now(UTC)}
            await connection.execute(CONTACT, values)
            handoff = None if owner == "bot" else uuid4()
            await connection.execute(CONVERSATION, {**values, "handoff": handoff})
    return database


TYPES = [bindparam("id", type_=Uuid()), bindparam("at", type_=DateTime(timezone=True))]
CONTACT = text(
    "INSERT INTO contacts (id, address, profile_name, created_at) VALUES (:id, :owner, '', :at)"
).bindparams(*TYPES)
CONVERSATION = text(
    "INSERT INTO conversations (id, contact_id, customer, business, owner, handoff_id, department,"
    " epoch, version, seq, turn, turn_state, turn_upto, superseded_turns, turn_asked, inbound_seq,"
    " opted_out, note, note_seq, preview, created_at, updated_at)"
    " VALUES (:id, :id, :owner, '', :owner, :handoff, '',"
    " 0, 0, 4, 0, 'idle', 1, 0, 0, 4, false, '', 0, '', :at, :at)"
).bindparams(*TYPES, bindparam("handoff", type_=Uuid()))


async def people(url: str) -> list[tuple[Any, ...]]:
    """Return of each conversation: owner, what counts as answered, a timer's kind and time."""
    one, timers = table_of(ConversationRow).c, table_of(TimerRow)
    database = Database(url)
    async with database.read() as connection:
        found = await connection.execute(
            select(one.owner, one.turn_upto, timers.c.kind, timers.c.generation, timers.c.due_at)
            .outerjoin(timers, timers.c.conversation_id == one.id)
            .order_by(one.turn_upto, one.owner)
        )
    await database.close()
    return [tuple(row) for row in found.all()]


EXPECTED = [
    ("bot", 1, None, None),
    ("waiting", 1, "handoff_unanswered", 1),
    ("claiming", 4, None, None),
    ("human", 4, None, None),
]


async def test_the_sixth_revision_counts_as_answered_who_had_a_person_and_times_who_waits(
    sqlite_url: str,
) -> None:
    await (await at_the_fifth_revision(sqlite_url)).close()
    before = datetime.now(UTC)
    await schema.upgrade(sqlite_url)
    found = await people(sqlite_url)
    assert [row[:4] for row in found] == EXPECTED
    due = found[1][4].replace(tzinfo=UTC) - timedelta(minutes=10)
    assert before <= due <= datetime.now(UTC)


@pytest.mark.integration
async def test_the_sixth_revision_locks_in_the_order_of_the_services(postgres: Postgres) -> None:
    url = await new_database(postgres)
    database = await at_the_fifth_revision(url)
    async with asyncio.timeout(20), database.write() as service:
        await service.execute(text("SELECT id FROM conversations FOR UPDATE"))
        upgrade = asyncio.create_task(schema.upgrade(url))
        async with database.read() as connection:
            while not (await connection.execute(WAITS)).scalar():
                pass
        await service.execute(text("SELECT id FROM messages FOR UPDATE"))
    await upgrade
    await database.close()
    assert [row[:4] for row in await people(url)] == EXPECTED


WAITS = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'conversations'::regclass"
)


async def test_a_failed_upgrade_leaves_nothing_behind(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE messages (id INTEGER)"))
    with pytest.raises(Exception, match="messages already exists"):
        await schema.upgrade(sqlite_url)
    assert await tables(sqlite_url) == {"messages"}
    await database.close()
