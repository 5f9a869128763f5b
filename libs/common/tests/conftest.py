from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.testing.brokers import EmbeddedHouse, RabbitHouse
from handoff_common.testing.consuming import Recorder
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.logs import Logs, logging_as
from handoff_common.testing.postgres import Postgres
from handoff_common.testing.rabbit import Rabbit
from handoff_common.testing.scripted import ScriptedBroker


@pytest.fixture
def logs() -> Generator[Logs]:
    with logging_as("test") as found:
        yield found


@pytest.fixture
def broker() -> ScriptedBroker:
    return ScriptedBroker()


@pytest.fixture
def recorder(broker: ScriptedBroker) -> Recorder:
    return Recorder(broker)


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncGenerator[EmbeddedHouse]:
    """Provide a queue in a file of the test's own."""
    house = EmbeddedHouse(tmp_path)
    yield house
    await house.close()


@pytest.fixture
async def house(rabbit: Rabbit) -> AsyncGenerator[RabbitHouse]:
    """Provide a virtual host of the test's own."""
    name = uuid4().hex
    house = RabbitHouse(await rabbit.create_vhost(name))
    yield house
    await house.close()
    await rabbit.delete_vhost(name)


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncGenerator[Database]:
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    await schema.upgrade(url)
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
async def on_postgres(postgres: Postgres) -> AsyncGenerator[Database]:
    name = f"database_{uuid4().hex[:6]}"
    database = Database(await migrated_database(postgres, name))
    yield database
    await database.close()
    await postgres.drop_database(name)
