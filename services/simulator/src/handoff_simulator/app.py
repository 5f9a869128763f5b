"""Wiring: the simulator as a service of its own, or as a part of another process."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from handoff_common.clock import Clock
from handoff_common.lifecycle import health_routes, running
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.web.files import built_files
from handoff_common.web.page import BuiltPage, navigates
from handoff_simulator.adapters import store
from handoff_simulator.adapters.store import Store
from handoff_simulator.adapters.webhooks import webhooks
from handoff_simulator.api.clock import TimeMachine, Travels
from handoff_simulator.api.doors import ClosedDoor, Door, OpenDoor, PasswordDoor
from handoff_simulator.api.faults import FaultSwitches
from handoff_simulator.api.guard import Guard
from handoff_simulator.api.messages import Messages
from handoff_simulator.api.phones import Phones
from handoff_simulator.api.record import GroundTruth
from handoff_simulator.api.samples import Samples
from handoff_simulator.api.setting import Setting
from handoff_simulator.api.trace import HEARTBEAT_SECONDS, Trace
from handoff_simulator.domain.access import access_of
from handoff_simulator.domain.account import Account
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.faults import Switches
from handoff_simulator.domain.refusal import Refusal
from handoff_simulator.domain.tally import Tally
from handoff_simulator.handlers.deliveries import Deliveries, Hooks
from handoff_simulator.handlers.watching import Directory, NoDirectory, Observable, Watching
from handoff_simulator.settings import SimulatorSettings

__all__ = [
    "Account", "Hooks", "Place", "Refusal", "SimulatorSettings", "Switches", "build", "create",
]  # fmt: skip

log = structlog.get_logger()

_PACKAGE = Path(str(files("handoff_simulator")))
_NOT_BUILT = (
    "The simulator's page was not built: run `make web`. Its API is described at openapi.json."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the simulator is: what it sees and moves beside Twilio's side, and who may come in."""

    clock: Clock = field(default_factory=Clock)
    travels: Travels = "channel"
    """What `clock` is the time of."""
    switches: Switches = field(default_factory=Switches)
    slows_bot: bool = False
    """Somebody heeds `bot_delay_ms`."""
    broker: Observable | None = None
    """Where the product's own events are seen."""
    directory: Directory = field(default_factory=NoDirectory)
    door: Door = field(default_factory=OpenDoor)
    origins: tuple[str, ...] = ()
    """Of our own pages, besides that of the host that is asked."""
    console: str | None = None
    """Where operators work; a path where it is on the same host."""
    name: str = ""
    """The business's, as customers know it."""
    page: Path = _PACKAGE / "page"
    """The build of the page."""
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    """Of the streams of events."""


@asynccontextmanager
async def build(
    account: Account,
    hooks: Hooks,
    record_path: Path,
    *,
    internal: tuple[str, str] | None = None,
    place: Place | None = None,
) -> AsyncGenerator[ASGIApp]:
    """Run the simulator and yield its application, which may be mounted under any path.

    `record_path` is its SQLite file, and the place's clock is as far ahead from here on as that
    says. `internal`: a public base URL that can't be reached from here, and the one to connect to
    instead; signatures are over the public one.
    """
    place = place or Place()
    async with (
        store.opened(record_path) as kept,
        webhooks(account.auth_token, internal) as post,
        AsyncExitStack() as stack,
    ):
        place.clock.move_to(max(kept.ahead, place.clock.ahead))
        chronicle = _chronicle(place.clock)
        tally = Tally()
        deliveries = Deliveries(
            account, hooks, kept, post, place.switches, tally, place.clock, chronicle
        )
        messages = Messages(
            account, kept, deliveries, place.switches, tally, place.clock, chronicle
        )
        trace = Trace(chronicle, _still_admitted(place.door), place.heartbeat_seconds)
        app = _application(account, place, messages, kept)
        app.include_router(TimeMachine(kept, place.clock, place.travels, chronicle).router())
        app.include_router(Phones(account, kept, deliveries, place.clock, chronicle).router())
        app.include_router(GroundTruth(kept, deliveries, tally).router())
        app.include_router(trace.router())
        if place.broker is not None:
            watching = Watching(place.broker, chronicle, place.directory)
            await stack.enter_async_context(running(("simulator.watching", watching.run())))
        await deliveries.resume()
        stack.push_async_callback(deliveries.stop)
        yield Guard(app, place.door, place.origins)


def _application(account: Account, place: Place, messages: Messages, kept: Store) -> FastAPI:
    app = FastAPI(
        title="HandoffFlow simulator", docs_url=None, redoc_url=None, redirect_slashes=False
    )
    # Twilio's routes first: they are the busy ones, and routes are tried in order.
    app.router.routes[:0] = [*messages.routes(), *health_routes({"record": kept.ping})]
    setting = Setting(
        senders=account.senders,
        name=place.name,
        console=place.console,
        travels=place.travels,
        slows_bot=place.slows_bot,
        traces=place.broker is not None,
        clock=place.clock,
    )
    for endpoints in (
        setting,
        FaultSwitches(place.switches, place.slows_bot),
        Samples(_PACKAGE / "samples"),
    ):
        app.include_router(endpoints.router())
    app.router.default = BuiltPage(built_files(place.page), _not_built)
    return app


def _not_built(request: Request) -> Response:
    if navigates(request):
        return PlainTextResponse(_NOT_BUILT, 503)
    return JSONResponse({"detail": _NOT_BUILT}, 503)


def _chronicle(clock: Clock) -> Chronicle:
    return Chronicle(clock.now, start=round(1000 * clock.machine_now().timestamp()))


def _still_admitted(door: Door) -> Callable[[Request], Awaitable[bool]]:
    async def still_admitted(request: Request) -> bool:
        return await door.refusal(request, passing=True) is None

    return still_admitted


@asynccontextmanager
async def create(settings: SimulatorSettings) -> AsyncGenerator[ASGIApp]:
    """Run the simulator as its settings have it."""
    key, base = settings.twilio_api_key, settings.public_base_url.rstrip("/")
    inner = settings.internal_base_url.rstrip("/")
    account = Account(
        sid=settings.twilio_account_sid,
        senders=tuple(settings.twilio_whatsapp_number.split(",")),
        auth_token=settings.twilio_auth_token,
        api_keys={key: settings.twilio_api_secret} if key else {},
    )
    hooks = Hooks(
        url=base + settings.webhook_path,
        fallback_url=base + settings.fallback_path if settings.fallback_path else "",
    )
    internal = (base, inner) if inner else None
    async with AsyncExitStack() as stack:
        broker = None
        if settings.amqp_url:
            broker = RabbitBroker(settings.amqp_url, source="simulator")
            stack.push_async_callback(broker.close)
        place = Place(broker=broker, door=_door(settings), console=settings.console)
        simulator = build(account, hooks, settings.record_path, internal=internal, place=place)
        yield await stack.enter_async_context(simulator)


def _door(settings: SimulatorSettings) -> Door:
    password = settings.password.get_secret_value()
    access = access_of(
        bind=settings.host,
        public_base_url=settings.public_base_url,
        wanted=settings.access == "open",
        password=bool(password),
    )
    match access:
        case "open":
            return OpenDoor()
        case "password":
            return PasswordDoor(password)
        case "closed":
            log.warning("simulator.closed", host=settings.host)
            return ClosedDoor()
