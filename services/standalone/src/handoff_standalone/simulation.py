"""The simulator inside the product: it sees what happens, moves the clock, and has a door."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

import handoff_operator_api.app as operator_api
import handoff_simulator.app as simulator
from handoff_common.clock import Clock
from handoff_common.database import Database, table_of
from handoff_common.errors import AwayError
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.tables import ConversationRow, OperatorRow
from handoff_standalone.account import Account
from handoff_standalone.channel.addresses import SIMULATOR_PATH, addresses
from handoff_standalone.settings import Settings

CONSOLE_PATH = "/"
SIGN_IN = f"/entrar?para={SIMULATOR_PATH}/"
_LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Simulation:
    """The simulator and what it shares with the product."""

    settings: Settings
    account: Account
    broker: EmbeddedBroker
    database: Database
    clock: Clock
    name: str
    """The business's."""
    switches: simulator.Switches = field(default_factory=simulator.Switches)

    async def mounted(self, stack: AsyncExitStack) -> list[BaseRoute]:
        """Start it and return its routes; from here on the clock is as far ahead as it was left."""
        app = await stack.enter_async_context(
            simulator.build(
                simulator.Account(
                    sid=self.account.sid,
                    senders=self.settings.businesses,
                    auth_token=self.account.auth_tokens[0],
                ),
                simulator.Hooks(url=addresses(self.settings.base_url).webhook),
                self.settings.home / "simulator.db",
                place=self._place(),
            )
        )
        slash = RedirectResponse(f"{SIMULATOR_PATH}/")
        return [
            Route(SIMULATOR_PATH, slash, methods=["GET"]),
            Mount(SIMULATOR_PATH, app, middleware=[self._hosts()]),
        ]

    async def hesitate(self) -> None:
        """Wait as long as the switch says, also when it is turned meanwhile."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while (left := began + self.switches.faults.bot_delay_ms / 1000 - clock()) > 0:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(min(left, _LOOK_SECONDS))

    def _place(self) -> simulator.Place:
        place = simulator.Place(
            clock=self.clock,
            travels="product",
            switches=self.switches,
            slows_bot=True,
            broker=self.broker,
            directory=Directory(self.database),
            origins=tuple(self.settings.origins),
            console=CONSOLE_PATH,
            name=self.name,
        )
        if not self.settings.simulator:
            return place
        visitors = operator_api.Visitors(self.database, self.settings.origins)
        return replace(place, door=AdminDoor(visitors))

    def _hosts(self) -> Middleware:
        # By name too: a tunnel to this port, or a web page whose name was rebound to 127.0.0.1, has
        # another one.
        hosts = ["*"] if self.settings.simulator else ["127.0.0.1", "localhost", "[::1]"]
        return Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)


class AdminDoor:
    """Lets admins in, by their sessions of the operator API."""

    def __init__(self, visitors: operator_api.Visitors) -> None:
        self._visitors = visitors

    async def refusal(
        self, visitor: HTTPConnection, *, passing: bool = False
    ) -> simulator.Refusal | None:
        try:
            if passing:
                return None if await self._visitors.lives(visitor.cookies) else _SIGNED_OUT
            role = await self._visitors.role(visitor.cookies)
        except AwayError:
            return None if passing else _AWAY
        if role is None:
            return _SIGNED_OUT
        return None if role == "admin" else _FORBIDDEN


_SIGNED_OUT = simulator.Refusal(403, "Sign in as an admin first.", sign_in=SIGN_IN)
_FORBIDDEN = simulator.Refusal(403, "Only an admin may use the simulator.")
_AWAY = simulator.Refusal(503, "Nobody can say who you are now; try again in a moment.")


class Directory:
    """Whose conversations they are, and what operators are called."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def customer(self, conversation: str) -> str:
        return await self._text(ConversationRow, "customer", conversation)

    async def operator(self, operator: str) -> str:
        return await self._text(OperatorRow, "name", operator)

    async def _text(self, model: type[SQLModel], column: str, key: str) -> str:
        table = table_of(model)
        statement = select(table.c[column]).where(table.c.id == UUID(key))
        async with self._database.read() as connection:
            return str(await connection.scalar(statement) or "")
