"""The five services in one process, over one SQLite file."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from fakeredis import FakeAsyncRedis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

import handoff_bot.app as bot
import handoff_ingress.app as ingress
import handoff_operator_api.app as operator_api
import handoff_outbound.app as outbound
import handoff_router.app as router
import handoff_simulator.app as simulator
from handoff_common.database import Database
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.timing import Timing
from handoff_standalone.account import Account
from handoff_standalone.channel.addresses import CONNECTION, SIMULATOR_PATH, WEBHOOK_PATH
from handoff_standalone.settings import Settings, SettingsError


@asynccontextmanager
async def product(
    settings: Settings, account: Account, database: Database
) -> AsyncGenerator[ASGIApp]:
    """Run everything; yields one application. Consumers start before what feeds them."""
    broker = EmbeddedBroker(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(broker.close)
        redis = FakeAsyncRedis()
        stack.push_async_callback(redis.aclose)
        mounts = await _simulator(settings, account, stack)
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
        await _bot(settings, broker, database, stack)
        policy = router.policy_of(
            pause=timedelta(seconds=settings.pause_seconds), scale=settings.time_scale
        )
        await stack.enter_async_context(
            router.service(broker=broker, database=database, policy=policy)
        )
        console = await stack.enter_async_context(
            operator_api.service(
                database=database,
                broker=broker,
                redis=redis,
                origins=_origins(settings),
                console=settings.console,
            )
        )
        webhooks = ingress.routes(
            publisher=broker,
            public_base_url=settings.base_url,
            auth_tokens=account.auth_tokens,
            account_sid=account.sid,
            businesses=settings.businesses,
        )
        app = Starlette(routes=[*webhooks, *mounts])
        app.router.redirect_slashes = False
        # Not mounted: that would match a webhook's path with a wrong method, and hide the 405.
        app.router.default = console
        yield app


async def _simulator(
    settings: Settings, account: Account, stack: AsyncExitStack
) -> list[BaseRoute]:
    if not account.is_simulated:
        return []
    app = await stack.enter_async_context(
        simulator.build(
            simulator.Account(
                sid=account.sid, senders=settings.businesses, auth_token=account.auth_tokens[0]
            ),
            simulator.Hooks(url=settings.base_url + WEBHOOK_PATH + CONNECTION),
            settings.home / "simulator.db",
        )
    )
    # By name too: a tunnel to this port, or a web page whose name was rebound to 127.0.0.1, has
    # another one.
    hosts = ["*"] if settings.simulator else ["127.0.0.1", "localhost", "[::1]"]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    return [Mount(SIMULATOR_PATH, app, middleware=[guard])]


async def _bot(
    settings: Settings, broker: EmbeddedBroker, database: Database, stack: AsyncExitStack
) -> None:
    service = bot.service(
        broker=broker,
        database=database,
        knowledge=settings.knowledge,
        gemini=bot.gemini_of(settings),
        scale=settings.time_scale,
    )
    try:
        await stack.enter_async_context(service)
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


def _origins(settings: Settings) -> list[str]:
    local = [settings.local_url, f"http://localhost:{settings.port}"]
    return [settings.base_url, *local] if settings.public_base_url else local
