"""One service as a process of its own: what their `__main__` modules have in common."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
import uvloop
from starlette.types import ASGIApp

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.errors import AwayError
from handoff_common.lifecycle import listening_socket, serve
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.settings import DistributedSettings, S, SettingsError, read

log = structlog.get_logger()


def run(
    name: str, kind: type[S], service: Callable[[S], AbstractAsyncContextManager[ASGIApp]]
) -> None:
    """Read the settings and serve until a signal.

    Ends with a sentence if a setting is wrong or the database is of another release. Raises
    `OSError` if the port is taken, before anything has started.
    """
    try:
        settings = read(kind)
        configure(name, level=settings.log_level)
        sock = listening_socket(settings.host, settings.port, reuse_port=settings.reuse_port)
        uvloop.run(serve(service(settings), sock))
    except (SettingsError, schema.SchemaError) as error:
        raise SystemExit(f"{name}: {error}") from error


@asynccontextmanager
async def opened_database(
    settings: DistributedSettings, *, pool_size: int = 8
) -> AsyncGenerator[Database]:
    """Open the database; wait while it is away.

    Raises `SettingsError` if none is named, `SchemaError` at another revision.
    """
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set")
    database = Database(settings.database_url, pool_size=pool_size)
    try:
        while True:
            try:
                await schema.check(database)
                break
            except AwayError as error:
                log.warning("database.awaited", reason=str(error))
                await asyncio.sleep(1)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def opened_broker(settings: DistributedSettings, name: str) -> AsyncGenerator[RabbitBroker]:
    """Open the broker; it connects when it is first used, again and again if need be."""
    broker = RabbitBroker(settings.amqp_url, source=name)
    try:
        yield broker
    finally:
        await broker.close()
