"""Wiring: the simulator as a service of its own, or as a part of another process."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from handoff_common.lifecycle import health_routes
from handoff_simulator.adapters import store
from handoff_simulator.adapters.webhooks import webhooks
from handoff_simulator.api.faults import FaultSwitches
from handoff_simulator.api.messages import Messages
from handoff_simulator.api.phones import Phones
from handoff_simulator.api.record import GroundTruth
from handoff_simulator.domain.account import Account
from handoff_simulator.domain.faults import Switches
from handoff_simulator.domain.tally import Tally
from handoff_simulator.handlers.deliveries import Deliveries, Hooks
from handoff_simulator.settings import SimulatorSettings

__all__ = ["Account", "Hooks", "SimulatorSettings", "build", "create"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def build(
    account: Account,
    hooks: Hooks,
    record_path: Path,
    *,
    internal: tuple[str, str] | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> AsyncGenerator[ASGIApp]:
    """Run the simulator and yield its application, which may be mounted under any path.

    `record_path` is its SQLite file. `internal`: a public base URL that can't be reached from here,
    and the one to connect to instead; signatures are over the public one.
    """
    switches, tally = Switches(), Tally()
    async with store.opened(record_path) as kept, webhooks(account.auth_token, internal) as post:
        deliveries = Deliveries(account, hooks, kept, post, switches, tally, now)
        app = FastAPI(title="HandoffFlow simulator", docs_url=None, redoc_url=None)
        # Twilio's routes first: they are the busy ones, and routes are tried in order.
        app.router.routes[:0] = [
            *Messages(account, kept, deliveries, switches, tally, now).routes(),
            *health_routes({"record": kept.ping}),
        ]
        app.include_router(Phones(account, kept, deliveries, now).router())
        app.include_router(FaultSwitches(switches).router())
        app.include_router(GroundTruth(kept, deliveries, tally).router())
        await deliveries.resume()
        try:
            yield app
        finally:
            await deliveries.stop()


def create(settings: SimulatorSettings) -> AbstractAsyncContextManager[ASGIApp]:
    """Return the simulator as its settings have it."""
    key, base = settings.twilio_api_key, settings.public_base_url.rstrip("/")
    inner = settings.internal_base_url.rstrip("/")
    return build(
        Account(
            sid=settings.twilio_account_sid,
            senders=tuple(settings.twilio_whatsapp_number.split(",")),
            auth_token=settings.twilio_auth_token,
            api_keys={key: settings.twilio_api_secret} if key else {},
        ),
        Hooks(
            url=base + settings.webhook_path,
            fallback_url=base + settings.fallback_path if settings.fallback_path else "",
        ),
        settings.record_path,
        internal=(base, inner) if inner else None,
    )
