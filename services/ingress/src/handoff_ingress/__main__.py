"""Run ingress as a process of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from handoff_common.process import opened_broker, run
from handoff_ingress.app import service
from handoff_ingress.settings import Settings


def main() -> None:
    run("ingress", Settings, _ingress)


@asynccontextmanager
async def _ingress(settings: Settings) -> AsyncGenerator[ASGIApp]:
    async with (
        opened_broker(settings, "ingress") as broker,
        service(
            broker=broker,
            public_base_url=settings.public_base_url,
            auth_tokens=settings.auth_tokens,
            account_sid=settings.twilio_account_sid,
            businesses=settings.businesses,
        ) as app,
    ):
        yield app


if __name__ == "__main__":
    main()
