"""Run the router as a process of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.lifecycle import listening_socket, serve
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_router.app import policy_of, service
from handoff_router.settings import Settings


def main() -> None:
    settings = Settings()
    configure("router", level=settings.log_level)
    sock = listening_socket(settings.host, settings.port, reuse_port=settings.reuse_port)
    asyncio.run(serve(_router(settings), sock))


@asynccontextmanager
async def _router(settings: Settings) -> AsyncGenerator[ASGIApp]:
    database = Database(settings.database_url)
    broker = RabbitBroker(settings.amqp_url)
    policy = policy_of(pause=settings.pause, scale=settings.time_scale)
    try:
        async with service(broker=broker, database=database, policy=policy) as app:
            yield app
    finally:
        await broker.close()
        await database.close()


if __name__ == "__main__":
    main()
