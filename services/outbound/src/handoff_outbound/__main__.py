"""Run outbound as a process of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_common.process import opened_broker, opened_database, run
from handoff_common.timing import Timing
from handoff_outbound.app import TwilioAccount, service
from handoff_outbound.settings import Settings

POOL = 16
"""Connections to the database: claims of that many conversations at once."""


def main() -> None:
    run("outbound", Settings, _outbound)


@asynccontextmanager
async def _outbound(settings: Settings) -> AsyncGenerator[ASGIApp]:
    twilio = TwilioAccount(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_api_base_url,
        settings.sends_per_second,
    )
    async with (
        opened_database(settings, pool_size=POOL) as database,
        opened_broker(settings, "outbound") as broker,
        service(
            broker=broker,
            database=database,
            twilio=twilio,
            public_base_url=settings.public_base_url,
            businesses=settings.businesses,
            timing=Timing().scaled(settings.time_scale),
        ) as app,
    ):
        yield app


if __name__ == "__main__":
    main()
