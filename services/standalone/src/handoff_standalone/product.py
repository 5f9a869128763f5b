"""The five services in one process, over one SQLite file."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace

from fakeredis import FakeAsyncRedis
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

import handoff_bot.app as bot
import handoff_ingress.app as ingress
import handoff_operator_api.app as operator_api
import handoff_outbound.app as outbound
import handoff_router.app as router
from handoff_common.clock import Clock
from handoff_common.database import Database
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.timing import Timing
from handoff_standalone.account import Account
from handoff_standalone.channel.addresses import SIMULATOR_PATH
from handoff_standalone.settings import Settings, SettingsError
from handoff_standalone.simulation import Simulation


@asynccontextmanager
async def product(
    settings: Settings, account: Account, database: Database, clock: Clock
) -> AsyncGenerator[ASGIApp]:
    """Run everything; yields one application. Consumers start before what feeds them.

    `clock` is the database's; a simulator has moved it by the time that anything else starts.
    """
    broker = EmbeddedBroker(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(broker.close)
        redis = FakeAsyncRedis()
        stack.push_async_callback(redis.aclose)
        with _explained(settings):
            name = bot.load_knowledge(settings.knowledge).business
        simulation = Simulation(settings, account, broker, database, clock, name)
        mounts = await simulation.mounted(stack) if account.is_simulated else []
        await stack.enter_async_context(
            outbound.service(
                broker=broker,
                database=database,
                twilio=_twilio(settings, account),
                public_base_url=settings.base_url,
                businesses=settings.businesses,
                timing=Timing().scaled(settings.time_scale),
            )
        )
        await _bot(settings, broker, database, simulation.hesitate, stack)
        policy = router.policy_of(
            pause=settings.pause, unanswered=settings.unanswered, scale=settings.time_scale
        )
        await stack.enter_async_context(
            router.service(broker=broker, database=database, policy=policy)
        )
        console = await stack.enter_async_context(
            operator_api.service(
                database=database,
                broker=broker,
                redis=redis,
                site=operator_api.Site(
                    origins=settings.origins,
                    console=settings.console,
                    simulator=f"{SIMULATOR_PATH}/" if mounts else None,
                ),
            )
        )
        app = Starlette(routes=[*_webhooks(settings, account, broker, clock), *mounts])
        app.router.redirect_slashes = False
        # Not mounted: that would match a webhook's path with a wrong method, and hide the 405.
        app.router.default = console
        yield app


def _webhooks(
    settings: Settings, account: Account, broker: EmbeddedBroker, clock: Clock
) -> list[Route]:
    return ingress.routes(
        publisher=broker,
        public_base_url=settings.base_url,
        auth_tokens=account.auth_tokens,
        account_sid=account.sid,
        businesses=settings.businesses,
        now=clock.now,
    )


async def _bot(
    settings: Settings,
    broker: EmbeddedBroker,
    database: Database,
    hesitate: Callable[[], Awaitable[None]],
    stack: AsyncExitStack,
) -> None:
    service = bot.service(
        broker=broker,
        database=database,
        knowledge=settings.knowledge,
        gemini=bot.gemini_of(settings),
        scale=settings.time_scale,
        hesitate=hesitate,
    )
    with _explained(settings):
        await stack.enter_async_context(service)


@contextmanager
def _explained(settings: Settings) -> Generator[None]:
    """Say which file it is when the knowledge base can't be read. Raises `SettingsError`."""
    try:
        yield
    except (OSError, ValueError) as error:
        if settings.knowledge is None:
            raise
        raise SettingsError(f"HANDOFF_KNOWLEDGE {settings.knowledge}: {error}") from error


def _twilio(settings: Settings, account: Account) -> outbound.TwilioAccount:
    url = settings.twilio_api_base_url
    if account.is_simulated:
        url = settings.local_url + SIMULATOR_PATH
    known = outbound.TwilioAccount(sid=account.sid, auth_token=account.auth_tokens[0])
    return replace(known, api_base_url=url) if url else known
