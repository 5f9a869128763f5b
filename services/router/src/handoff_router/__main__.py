"""Run the router as a process of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_common.process import opened_broker, opened_database, run
from handoff_router.app import policy_of, service
from handoff_router.settings import Settings


def main() -> None:
    run("router", Settings, _router)


@asynccontextmanager
async def _router(settings: Settings) -> AsyncGenerator[ASGIApp]:
    policy = policy_of(
        pause=settings.pause, unanswered=settings.unanswered, scale=settings.time_scale
    )
    async with (
        opened_database(settings) as database,
        opened_broker(settings, "router") as broker,
        service(broker=broker, database=database, policy=policy) as app,
    ):
        yield app


if __name__ == "__main__":
    main()
