"""Run the bot as a process of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_bot.app import gemini_of, service
from handoff_bot.settings import Settings
from handoff_common.process import opened_broker, opened_database, run


def main() -> None:
    run("bot", Settings, _bot)


@asynccontextmanager
async def _bot(settings: Settings) -> AsyncGenerator[ASGIApp]:
    async with (
        opened_database(settings) as database,
        opened_broker(settings, "bot") as broker,
        service(
            broker=broker,
            database=database,
            knowledge=settings.knowledge,
            gemini=gemini_of(settings),
            scale=settings.time_scale,
        ) as app,
    ):
        yield app


if __name__ == "__main__":
    main()
