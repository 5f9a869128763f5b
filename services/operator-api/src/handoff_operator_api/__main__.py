"""Run the operator API as a process of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import from_url
from starlette.types import ASGIApp

from handoff_common.process import opened_broker, opened_database, run
from handoff_operator_api.app import Site, service
from handoff_operator_api.settings import Settings


def main() -> None:
    run("operator-api", Settings, _operator_api)


@asynccontextmanager
async def _operator_api(settings: Settings) -> AsyncGenerator[ASGIApp]:
    async with (
        opened_database(settings) as database,
        opened_broker(settings, "operator-api") as broker,
        from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=1) as redis,
        service(
            database=database,
            broker=broker,
            redis=redis,
            site=Site(settings.origins, settings.console, settings.simulator_url or None),
        ) as app,
    ):
        yield app


if __name__ == "__main__":
    main()
