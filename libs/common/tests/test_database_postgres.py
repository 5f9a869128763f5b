"""What only a server can do to us."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from handoff_common.database import Database, table_of
from handoff_common.errors import AwayError
from handoff_common.tables import WatermarkRow
from handoff_common.testing.postgres import Postgres

WATERMARKS = table_of(WatermarkRow)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def mark(database: Database, business: str = "b") -> None:
    async with database.write() as connection:
        await connection.execute(insert(WATERMARKS).values(business=business, read_until=NOW))


async def test_a_server_that_nobody_reaches_is_away() -> None:
    database = Database("postgres://nobody@127.0.0.1:1/none")
    with pytest.raises(AwayError):
        await database.ping()
    await database.close()


@pytest.mark.integration
async def test_a_connection_that_the_server_ended_is_away_and_the_next_one_is_not(
    on_postgres: Database,
) -> None:
    with pytest.raises(AwayError):
        async with on_postgres.write() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    await on_postgres.ping()


@pytest.mark.integration
async def test_a_server_that_only_reads_is_away(on_postgres: Database) -> None:
    async with on_postgres.write() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(
            text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        )
    await on_postgres.close()  # the next connection finds it so
    with pytest.raises(AwayError, match="25006"):
        await mark(on_postgres)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("login", "state"), [("nobody_here", "28"), ("", "3D")], ids=["login", "database"]
)
async def test_a_login_or_a_database_that_is_not_there_yet_is_away(
    postgres: Postgres, login: str, state: str
) -> None:
    # A password that is being changed, a database that is being restored: no event is to blame.
    url = make_url(postgres.url).set(database="nowhere")
    if login:
        url = url.set(username=login, password="x")
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(AwayError, match=rf" {state}"):
        await mark(database)
    await database.close()


@pytest.mark.integration
async def test_a_transaction_sees_what_was_committed_after_it_began_whatever_the_server_prefers(
    on_postgres: Database,
) -> None:
    async with on_postgres.write() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(
            text(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
        )
    await on_postgres.close()  # the next connection finds it so
    count = select(func.count()).select_from(WATERMARKS)
    async with on_postgres.write() as connection:
        assert await connection.scalar(count) == 0
        await mark(on_postgres)
        assert await connection.scalar(count) == 1  # locks first, reads second: with fresh eyes


@pytest.mark.integration
async def test_a_parameter_that_cannot_be_stored_is_a_bug_and_nothing_to_wait_for(
    on_postgres: Database,
) -> None:
    # asyncpg has one class for this and for a closed connection; waiting would be for ever.
    with pytest.raises(DBAPIError):
        async with on_postgres.read() as connection:
            await connection.execute(text("SELECT CAST(:n AS integer)"), {"n": 2**40})
    with pytest.raises(DBAPIError):
        await mark(on_postgres, "a\0b")
    await on_postgres.ping()


@pytest.mark.integration
async def test_no_connection_in_time_is_away(postgres: Postgres) -> None:
    name = f"database_{uuid4().hex[:6]}"
    database = Database(await postgres.create_database(name), pool_size=1, wait_seconds=3)
    async with database.write():
        with pytest.raises(AwayError):
            await database.ping()
    await database.close()
    await postgres.drop_database(name)


@pytest.mark.integration
async def test_a_deadlock_is_away_for_one_of_the_two(on_postgres: Database) -> None:
    await mark(on_postgres, "a")
    await mark(on_postgres, "b")
    both = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> None:
        async with on_postgres.write() as connection:
            for business in (first, second):
                row = select(WATERMARKS).where(WATERMARKS.c.business == business)
                await connection.execute(row.with_for_update())
                if business == first:
                    await both.wait()

    outcomes = await asyncio.gather(lock("a", "b"), lock("b", "a"), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AwayError", "NoneType"]
