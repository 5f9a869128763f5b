"""Run the operator API as a process of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import from_url
from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.lifecycle import listening_socket, serve
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_operator_api.app import service
from handoff_operator_api.settings import Settings


def main() -> None:
    settings = Settings()
    configure("operator-api", level=settings.log_level)
    sock = listening_socket(settings.host, settings.port, reuse_port=settings.reuse_port)
    asyncio.run(serve(_operator_api(settings), sock))


@asynccontextmanager
async def _operator_api(settings: Settings) -> AsyncGenerator[ASGIApp]:
    database = Database(settings.database_url)
    broker = RabbitBroker(settings.amqp_url, source="operator-api")
    redis = from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=1)
    try:
        async with service(
            database=database, broker=broker, redis=redis, origins=settings.origins
        ) as app:
            yield app
    finally:
        await redis.aclose()
        await broker.close()
        await database.close()


if __name__ == "__main__":
    main()
