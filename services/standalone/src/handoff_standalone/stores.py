"""The database and the broker that a command works on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_standalone.home import locked
from handoff_standalone.settings import SettingsError, Stores


def where(stores: Stores) -> str:
    """Name the database without its password."""
    url = make_url(stores.chosen_database_url)
    return url.render_as_string(hide_password=True) if stores.is_distributed else str(url.database)


async def upgraded(stores: Stores) -> str:
    """Bring the database to this release's schema; return its revision.

    Raises `HomeError` for a home that a process works in.
    """
    if stores.is_distributed:
        return await schema.upgrade(stores.chosen_database_url)
    with locked(stores.home):
        return await schema.upgrade(stores.chosen_database_url)


@asynccontextmanager
async def database_of(stores: Stores) -> AsyncGenerator[Database]:
    """Open the database. Raises `SchemaError` unless it is at this release's revision."""
    database = Database(stores.chosen_database_url, pool_size=2)
    try:
        _check_present(database)
        await schema.check(database)
        yield database
    finally:
        await database.close()


def _check_present(database: Database) -> None:
    """Raise `SchemaError` for a file that is not there: opening it would make one."""
    if database.is_sqlite and not Path(database.path).exists():
        raise schema.SchemaError(f"there is no {database.path}: run `handoff db upgrade`")


@asynccontextmanager
async def broker_of(stores: Stores) -> AsyncGenerator[Broker]:
    """Open the broker; that of the standalone mode works beside the running process too."""
    url = stores.amqp_url.get_secret_value()
    if url:
        rabbit = RabbitBroker(url, source="handoff-cli")
        try:
            yield rabbit
        finally:
            await rabbit.close()
        return
    if stores.is_distributed:
        raise SettingsError("DATABASE_URL is set and AMQP_URL is not: set both, or neither")
    async with database_of(stores) as database:
        embedded = EmbeddedBroker(database)
        try:
            yield embedded
        finally:
            await embedded.close()
