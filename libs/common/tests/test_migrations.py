import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from handoff_common import migrating, schema
from handoff_common.database import Database
from handoff_common.messaging.embedded import EMBEDDED_TABLES
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


async def test_a_failed_upgrade_leaves_nothing_behind(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE messages (id INTEGER)"))
    with pytest.raises(Exception, match="messages already exists"):
        await schema.upgrade(sqlite_url)
    assert await tables(sqlite_url) == {"messages"}
    await database.close()
