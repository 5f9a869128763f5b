from collections.abc import AsyncGenerator, Generator
from uuid import uuid4

import pytest

from handoff_common.testing.brokers import RabbitHouse
from handoff_common.testing.logs import Logs, logging_as
from handoff_common.testing.rabbit import Rabbit


@pytest.fixture
def logs() -> Generator[Logs]:
    with logging_as("test") as found:
        yield found


@pytest.fixture
async def house(rabbit: Rabbit) -> AsyncGenerator[RabbitHouse]:
    """Provide a virtual host of the test's own."""
    name = uuid4().hex
    house = RabbitHouse(await rabbit.create_vhost(name))
    yield house
    await house.close()
    await rabbit.delete_vhost(name)
