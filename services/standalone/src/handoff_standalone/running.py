"""`handoff run`: from an empty folder to a working product, until a signal."""

import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select
from starlette.types import ASGIApp

import handoff_operator_api.app as operator_api
from handoff_common import schema
from handoff_common.database import Database, table_of
from handoff_common.lifecycle import listening_socket, serve
from handoff_common.logging import configure
from handoff_common.tables import OperatorRow
from handoff_standalone.account import account_of
from handoff_standalone.home import locked
from handoff_standalone.product import SIMULATOR_PATH, product
from handoff_standalone.settings import Settings

FIRST_ADMIN = "admin@localhost"


async def run_until_signalled(settings: Settings) -> None:
    """Migrate, make the first admin, serve. Raises `HomeTakenError`, `OSError`, `ValueError`."""
    configure("standalone", level=settings.log_level)
    with locked(settings.home):
        sock = listening_socket(settings.host, settings.port)
        await schema.upgrade(settings.database_url)
        database = Database(settings.database_url)
        try:
            password = await _first_admin(database)
            await serve(
                _served(settings, database), sock, on_started=lambda: _greet(settings, password)
            )
        finally:
            await database.close()


@asynccontextmanager
async def _served(settings: Settings, database: Database) -> AsyncGenerator[ASGIApp]:
    async with product(settings, database) as app:
        yield app


async def _first_admin(database: Database) -> str:
    """Make an admin where there is nobody yet; return the password, or nothing."""
    async with database.read() as connection:
        count = await connection.scalar(select(func.count()).select_from(table_of(OperatorRow)))
    if count:
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


def _greet(settings: Settings, password: str) -> None:
    """Say where everything is. Straight to the terminal: the password belongs in no log."""
    base = f"http://127.0.0.1:{settings.port}"
    lines = [f"HandoffFlow runs. API: {base}/api   health: {base}/readyz"]
    if account_of(settings).is_simulated:
        lines.append(f"Simulated customers: {base}{SIMULATOR_PATH}/phones")
    if password:
        lines.append(f"First admin: {FIRST_ADMIN}   password: {password}")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
