"""Wiring: what the operator API is made of."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.ids import OperatorId
from handoff_common.lifecycle import health_routes, running
from handoff_common.web.origin import origin_of
from handoff_common.web.page import BuiltPage
from handoff_operator_api.adapters.changes import Changes
from handoff_operator_api.adapters.console import load_console
from handoff_operator_api.adapters.episodes import Episodes
from handoff_operator_api.adapters.inbox import Inbox
from handoff_operator_api.adapters.messages import Messages
from handoff_operator_api.adapters.operators import Operators
from handoff_operator_api.adapters.outcomes import Outcomes
from handoff_operator_api.adapters.passwords import PasswordCost, Passwords
from handoff_operator_api.adapters.throttle import SignInThrottle
from handoff_operator_api.api import (
    commands,
    conversations,
    feed,
    handoffs,
    links,
    messages,
    problems,
    queue,
    session,
)
from handoff_operator_api.api.deps import Cookie
from handoff_operator_api.api.desk import Router
from handoff_operator_api.api.docs import Docs
from handoff_operator_api.api.edge import Edge
from handoff_operator_api.api.links import Links
from handoff_operator_api.domain.operator import EmailTakenError, Role
from handoff_operator_api.handlers import Fanout, Listening

__all__ = [
    "EmailTakenError",
    "PasswordCost",
    "Role",
    "Site",
    "Visitors",
    "create_operator",
    "load_console",
    "openapi",
    "service",
]

OWASP = PasswordCost()
_NOT_BUILT = """\
The console is not part of this installation: its files were not built.

The API is at /api, its description at /docs.
"""


class Broker(Router, Listening, Protocol):
    """What of the broker port is needed here."""

    async def ping(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Site:
    """What browsers find."""

    origins: Sequence[str]
    """The URLs under which they open the console; no other page may change anything. The first is
    the public one: if it is https, the session cookie is Secure and bound to the host."""
    console: Path | None = None
    """A folder with a build of the console; without one, the package's own, if it has one."""
    simulator: str | None = None
    """Where the simulator's page is, if there is one."""


@asynccontextmanager
async def service(
    *,
    database: Database,
    broker: Broker,
    redis: Redis,
    site: Site,
    password_cost: PasswordCost = OWASP,
) -> AsyncGenerator[ASGIApp]:
    """Run the operator API; database, broker and Redis stay the caller's to close.

    Raises `ValueError` if an origin of the site is no http(s) URL, or if there is none.
    """
    ours = [origin_of(url) for url in site.origins]
    if not ours:
        raise ValueError("without an origin no browser could sign in")
    passwords = Passwords(password_cost)
    await passwords.warm_up()
    operators = Operators(database, passwords)
    app = _api()
    app.state.cookie = Cookie(secure=ours[0].startswith("https:"))
    app.state.sessions = app.state.accounts = operators
    app.state.throttle = SignInThrottle(redis)
    app.state.inbox = Inbox(database)
    app.state.messages = Messages(database)
    app.state.outcomes = Outcomes(database)
    app.state.episodes, app.state.changes = Episodes(database), Changes(database)
    app.state.links = Links(site.simulator)
    app.state.router = broker
    app.state.fanout = fanout = Fanout(broker)
    # Redis may be away: then sign-in attempts are counted by each process for itself.
    app.router.routes.extend(health_routes({"database": database.ping, "broker": broker.ping}))
    app.router.routes.extend(Docs(openapi).routes())
    app.router.default = BuiltPage(load_console(site.console), _not_built, reserved=("api",))
    async with running(("operator-api.feed", fanout.run())):
        yield Edge(app, ours)


class Visitors:
    """Who is signed in, for another application on the same host. Raises `AwayError`."""

    def __init__(self, database: Database, origins: Sequence[str]) -> None:
        """Take what `service` takes."""
        self._operators = Operators(database, Passwords(OWASP))
        self._cookie = Cookie(secure=origin_of(origins[0]).startswith("https:"))

    async def role(self, cookies: Mapping[str, str]) -> Role | None:
        """Return what whoever brings these cookies may do; this is a sign of life."""
        session = await self._operators.session_of(cookies.get(self._cookie.name, ""))
        return None if session is None else session.operator.role

    async def lives(self, cookies: Mapping[str, str]) -> bool:
        """Tell whether the session goes on; no sign of life."""
        return await self._operators.remaining(cookies.get(self._cookie.name, "")) is not None


async def create_operator(
    database: Database, *, email: str, name: str, role: Role, password: str, now: datetime
) -> OperatorId:
    """Store a new operator, for the command line.

    Raises `EmailTakenError`, `ValueError` whose message names the field that is wrong (never its
    content), `AwayError`.
    """
    operators = Operators(database, Passwords(OWASP))
    return await operators.create(email=email, name=name, role=role, password=password, now=now)


def openapi() -> dict[str, Any]:
    """Return the API's OpenAPI document; the console's client is generated from it."""
    document = problems.describe(_api())
    feed.describe(document)
    return document


def _not_built(_: Request) -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)


def _api() -> FastAPI:
    app = FastAPI(
        title="HandoffFlow operator API",
        version="1",
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        # Its spans would carry exception messages, and those quote what they choke on.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    problems.install(app)
    for resource in (session, conversations, messages, handoffs, queue, commands, feed, links):
        app.include_router(resource.router)
    return app
