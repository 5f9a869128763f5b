"""The business may be ahead of the machine; what keeps the promises goes by the machine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from handoff_common.clock import Clock
from handoff_common.database import Database
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_new_clock_is_the_machines() -> None:
    before = datetime.now(UTC)
    clock = Clock()
    assert before <= clock.now() <= clock.machine_now() <= datetime.now(UTC)


def test_the_business_moves_and_the_machine_does_not() -> None:
    clock = Clock(lambda: NOON)
    clock.move_to(DAY)
    assert (clock.now(), clock.machine_now(), clock.ahead) == (NOON + DAY, NOON, DAY)


def test_time_does_not_go_back() -> None:
    clock = Clock(lambda: NOON)
    clock.move_to(DAY)
    clock.move_to(DAY)
    with pytest.raises(ValueError, match="back"):
        clock.move_to(DAY - timedelta(microseconds=1))
    assert clock.ahead == DAY


async def test_sqlite_goes_by_the_clock_that_it_was_given(tmp_path: Path) -> None:
    clock = Clock(lambda: NOON)
    database = Database(f"sqlite:///{tmp_path}/handoff.db", clock=clock)
    clock.move_to(DAY)
    async with database.read() as connection:
        assert await database.now(connection) == NOON + DAY
        assert await database.machine_now(connection) == NOON
    assert database.ahead == DAY
    await database.close()


@pytest.mark.integration
async def test_nobody_moves_the_clock_of_postgresql(postgres: Postgres) -> None:
    name = f"clock_{uuid4().hex[:6]}"
    clock = Clock()
    clock.move_to(DAY)
    database = Database(await migrated_database(postgres, name), clock=clock)
    async with database.read() as connection:
        now = await database.now(connection)
    assert database.ahead == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(hours=1)
    await database.close()
    await postgres.drop_database(name)
