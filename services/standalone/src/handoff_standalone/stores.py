"""The database and the broker that a command works on: those of the environment, or the home's."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pydantic import Field, SecretStr

from handoff_common.database import Database
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_standalone.settings import Settings


class Stores(Settings):
    """`DATABASE_URL` and `AMQP_URL` name the distributed mode's servers."""

    server_database_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    amqp_url: SecretStr = SecretStr("")

    @property
    def is_distributed(self) -> bool:
        return bool(self.server_database_url.get_secret_value())

    @property
    def chosen_database_url(self) -> str:
        return self.server_database_url.get_secret_value() or self.database_url


@asynccontextmanager
async def database_of(stores: Stores) -> AsyncGenerator[Database]:
    database = Database(stores.chosen_database_url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def broker_of(stores: Stores) -> AsyncGenerator[Broker]:
    """Open the broker; of the standalone mode that works beside the running process too."""
    url = stores.amqp_url.get_secret_value()
    if stores.is_distributed and url:
        rabbit = RabbitBroker(url, source="handoff-cli")
        try:
            yield rabbit
        finally:
            await rabbit.close()
        return
    async with database_of(stores) as database:
        embedded = EmbeddedBroker(database)
        try:
            yield embedded
        finally:
            await embedded.close()
