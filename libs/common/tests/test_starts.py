from pathlib import Path
from uuid import uuid4

import pytest

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.messaging.starts import DatabaseStarts
from handoff_common.tables import BotStartRow, OutboundStartRow, RouterStartRow
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres

TABLES: list[type[RouterStartRow | OutboundStartRow | BotStartRow]] = [
    RouterStartRow,
    OutboundStartRow,
    BotStartRow,
]


async def count_starts(database: Database) -> None:
    """Count starts apart by event, by queue and by service; forget those that ended."""
    for table in TABLES:
        event, other, third = uuid4(), uuid4(), uuid4()
        starts = DatabaseStarts(database, table)
        assert [await starts.begin("a", event) for _ in range(3)] == [1, 2, 3]
        assert await starts.begin("b", event) == 1
        assert await starts.begin("a", other) == 1
        assert await starts.begin_first("a", [event, third]) == {third}
        assert await starts.begin_first("a", [third]) == set()
        assert await starts.begin("a", third) == 2
        await starts.end("a", [event, third])
        assert await starts.begin_first("a", [event]) == {event}
        assert await starts.begin("a", event) == 2
        assert await starts.begin("b", event) == 2
        await starts.end("a", [uuid4()])  # never begun


async def test_starts_are_counted_until_one_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    await schema.upgrade(url)
    database = Database(url)
    await count_starts(database)
    await database.close()


async def test_a_start_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    await schema.upgrade(url)
    event = uuid4()
    for expected in (1, 2):
        database = Database(url)
        assert await DatabaseStarts(database, RouterStartRow).begin("a", event) == expected
        await database.close()


@pytest.mark.integration
async def test_starts_are_counted_on_postgresql_too(postgres: Postgres) -> None:
    name = f"starts_{uuid4().hex[:6]}"
    database = Database(await migrated_database(postgres, name))
    await count_starts(database)
    await database.close()
    await postgres.drop_database(name)
