"""Run outbound as a process of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.lifecycle import listening_socket, serve
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.timing import Timing
from handoff_outbound.app import TwilioAccount, service
from handoff_outbound.settings import Settings


def main() -> None:
    settings = Settings()  # pyright: ignore[reportCallIssue]  # read from the environment
    configure("outbound", level=settings.log_level)
    sock = listening_socket(settings.host, settings.port, reuse_port=settings.reuse_port)
    asyncio.run(serve(_outbound(settings), sock))


@asynccontextmanager
async def _outbound(settings: Settings) -> AsyncGenerator[ASGIApp]:
    database = Database(settings.database_url, pool_size=16)
    broker = RabbitBroker(settings.amqp_url, source="outbound")
    try:
        async with service(
            broker=broker,
            database=database,
            twilio=TwilioAccount(
                settings.twilio_account_sid,
                settings.twilio_auth_token.get_secret_value(),
                settings.twilio_api_base_url,
                settings.sends_per_second,
            ),
            public_base_url=settings.public_base_url,
            businesses=settings.businesses,
            timing=Timing().scaled(settings.time_scale),
        ) as app:
            yield app
    finally:
        await broker.close()
        await database.close()


if __name__ == "__main__":
    main()
