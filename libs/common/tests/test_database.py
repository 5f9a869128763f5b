import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from handoff_common import schema
from handoff_common.database import Database, execute_many, table_of
from handoff_common.errors import AwayError
from handoff_common.tables import ContactRow, WatermarkRow

CONTACTS = table_of(ContactRow)
WATERMARKS = table_of(WatermarkRow)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRIVATE = "whatsapp:+5511987654321"


def contact(address: str = PRIVATE) -> dict[str, object]:
    return {"id": uuid4(), "address": address, "profile_name": "", "created_at": NOW}


async def add(database: Database, *contacts: dict[str, object]) -> None:
    async with database.write() as connection:
        for each in contacts:
            await connection.execute(insert(CONTACTS).values(each))


# What must hold on both


async def count_up(database: Database) -> datetime | None:
    """Read, think and write, fifty times at once; return what came of it."""
    async with database.write() as connection:
        await connection.execute(insert(WATERMARKS).values(business="b", read_until=NOW))
    read = select(WATERMARKS.c.read_until)

    async def later() -> None:
        async with database.write() as connection:
            moment = await connection.scalar(read.with_for_update())
            await asyncio.sleep(0)
            assert moment is not None
            later = moment + timedelta(seconds=1)
            await connection.execute(update(WATERMARKS).values(read_until=later))

    await asyncio.gather(*(later() for _ in range(50)))
    async with database.read() as connection:
        return await connection.scalar(read)


async def test_concurrent_read_modify_write_loses_no_update(on_sqlite: Database) -> None:
    assert await count_up(on_sqlite) == NOW + timedelta(seconds=50)


@pytest.mark.integration
async def test_concurrent_read_modify_write_loses_no_update_on_postgresql(
    on_postgres: Database,
) -> None:
    assert await count_up(on_postgres) == NOW + timedelta(seconds=50)


async def refusal(database: Database) -> str:
    """Write what a constraint forbids; return what the error says, and all that it came from."""
    await add(database, contact())
    with pytest.raises(IntegrityError) as caught:
        await add(database, contact("another"), contact())
    async with database.read() as connection:
        addresses = (await connection.scalars(select(CONTACTS.c.address))).all()
    assert addresses == [PRIVATE]  # the other was rolled back
    return str(caught.value)


async def test_the_text_of_an_error_has_no_parameters(on_sqlite: Database) -> None:
    assert PRIVATE not in await refusal(on_sqlite)


@pytest.mark.integration
async def test_the_text_of_an_error_has_no_parameters_on_postgresql(
    on_postgres: Database,
) -> None:
    assert PRIVATE not in await refusal(on_postgres)


async def missing_table(database: Database) -> DBAPIError:
    with pytest.raises(DBAPIError, match="nowhere") as caught:
        async with database.read() as connection:
            await connection.execute(text("SELECT * FROM nowhere"))
    return caught.value


async def test_a_missing_table_is_a_bug_and_nothing_to_wait_for(on_sqlite: Database) -> None:
    await missing_table(on_sqlite)


@pytest.mark.integration
async def test_a_missing_table_is_a_bug_on_postgresql_too(on_postgres: Database) -> None:
    await missing_table(on_postgres)


async def moments(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-3)))
    async with database.write() as connection:
        await connection.execute(insert(WATERMARKS).values(business="b", read_until=elsewhere))
        now = await database.now(connection)
    async with database.read() as connection:
        stored = await connection.scalar(select(WATERMARKS.c.read_until))
    assert stored is not None
    assert stored == NOW
    assert stored.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_moment_comes_back_as_it_was_in_utc(on_sqlite: Database) -> None:
    await moments(on_sqlite)


@pytest.mark.integration
async def test_a_moment_comes_back_as_it_was_in_utc_on_postgresql(on_postgres: Database) -> None:
    await moments(on_postgres)


async def only_new(database: Database) -> list[str]:
    rows = [contact("a"), contact("b")]
    async with database.write() as connection:
        await execute_many(connection, database.insert_new(ContactRow), [])
        await execute_many(connection, database.insert_new(ContactRow), rows[:1])
        await execute_many(connection, database.insert_new(ContactRow), [contact("a"), rows[1]])
        changed = database.insert(ContactRow).on_conflict_do_update(
            index_elements=["address"], set_={"profile_name": "Ana"}
        )
        await connection.execute(changed, [contact("a")])
    async with database.read() as connection:
        found = (await connection.execute(select(CONTACTS).order_by(CONTACTS.c.address))).all()
    assert [row.id for row in found] == [row["id"] for row in rows]
    return [f"{row.address} {row.profile_name}".strip() for row in found]


async def test_an_insert_of_new_rows_leaves_those_alone_that_are_there(
    on_sqlite: Database,
) -> None:
    assert await only_new(on_sqlite) == ["a Ana", "b"]


@pytest.mark.integration
async def test_an_insert_of_new_rows_leaves_those_alone_on_postgresql(
    on_postgres: Database,
) -> None:
    assert await only_new(on_postgres) == ["a Ana", "b"]


# SQLite


async def test_a_database_locked_by_another_process_is_away(tmp_path: Path) -> None:
    path = tmp_path / "handoff.db"
    await schema.upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}", wait_seconds=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AwayError):
            async with database.write():
                raise AssertionError("it is locked")
        other.execute("ROLLBACK")
    await add(database, contact())
    await database.close()


async def test_a_reader_does_not_wait_for_a_writer(on_sqlite: Database) -> None:
    async with on_sqlite.write() as writing:
        await writing.execute(insert(CONTACTS).values(contact()))
        async with on_sqlite.read() as reading:
            assert (await reading.scalars(select(CONTACTS.c.id))).all() == []


async def test_a_commit_is_on_the_disk_and_references_are_checked(on_sqlite: Database) -> None:
    async with on_sqlite.write() as connection:
        pragmas = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]
