"""`handoff run`: from an empty folder to a working product, until a signal."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from starlette.types import ASGIApp

import handoff_operator_api.app as operator_api
from handoff_common import schema
from handoff_common.clock import Clock
from handoff_common.database import Database
from handoff_common.lifecycle import exit_code, listening_socket, serve
from handoff_common.logging import configure
from handoff_standalone.account import Account, account_of
from handoff_standalone.channel.addresses import SIMULATOR_PATH, WEBHOOK_PATH
from handoff_standalone.home import locked
from handoff_standalone.operators import anybody
from handoff_standalone.product import product
from handoff_standalone.settings import Settings, SettingsError

log = structlog.get_logger()

FIRST_ADMIN = "admin@localhost"
DRAIN_SECONDS = 4.0
"""After HTTP has stopped, which takes 5 s at most: gone within 10 s of the signal."""


@dataclass(slots=True)
class _Greeting:
    """What the terminal shows once, when everything runs."""

    settings: Settings
    account: Account
    password: str = field(default="", repr=False)

    def say(self) -> None:
        """Straight to the terminal: the password belongs in no log."""
        base = self.settings.local_url
        lines = ["HandoffFlow runs. Ctrl-C stops it.", f"Console:     {base}/"]
        if self.account.is_simulated:
            lines.append(f"Simulator:   {base}{SIMULATOR_PATH}/")
        else:
            lines.append(f"Webhook:     {self.settings.base_url}{WEBHOOK_PATH}   (for Twilio)")
        lines.append(f"API docs:    {base}/docs")
        if self.password:
            lines.append(f"First admin: {FIRST_ADMIN}   password: {self.password}   (shown once)")
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


async def run_until_signalled(settings: Settings) -> None:
    """Migrate, serve, make the first admin. Raises `HomeError`, `SettingsError`, `SchemaError`."""
    configure("standalone", level=settings.log_level)
    with locked(settings.home), _socket(settings) as sock:
        greeting = _Greeting(settings, account_of(settings))
        await schema.upgrade(settings.database_url)
        clock = Clock()
        database = Database(settings.database_url, clock=clock)
        try:
            await serve(_served(database, clock, greeting), sock, on_started=greeting.say)
        finally:
            await database.close()


def _socket(settings: Settings) -> socket.socket:
    try:
        sock = listening_socket(settings.host, settings.port)
        sock.listen()  # who calls now, as outbound calls the simulator in here, waits a moment
    except OSError as error:
        raise SettingsError(
            f"can't listen on {error.strerror}; PORT and HOST choose another address"
        ) from error
    return sock


@asynccontextmanager
async def _served(database: Database, clock: Clock, greeting: _Greeting) -> AsyncGenerator[ASGIApp]:
    async with product(greeting.settings, greeting.account, database, clock) as app:
        # Last: a start that fails later would have made an admin whose password nobody has seen.
        greeting.password = await first_admin(database)
        try:
            yield app
        finally:
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, _leave)


def _leave() -> None:
    """End without waiting any longer: what was in flight is recovered at the next start."""
    log.warning("drain.abandoned", seconds=DRAIN_SECONDS)
    os._exit(exit_code())


async def first_admin(database: Database) -> str:
    """Make an admin where there is nobody yet; return the password, or nothing."""
    if await anybody(database):
        return ""
    password = secrets.token_urlsafe(12)
    await operator_api.create_operator(
        database,
        email=FIRST_ADMIN,
        name="Admin",
        role="admin",
        password=password,
        now=datetime.now(UTC),
    )
    return password
