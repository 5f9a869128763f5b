"""`handoff db …`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from handoff_standalone.commands.speech import USAGE, AsJson, fail, settings_of, step, tell
from handoff_standalone.settings import Stores

app = typer.Typer(no_args_is_help=True, help="The database's schema, and where it comes from.")


@app.command(epilog="Example: DATABASE_URL=postgresql://owner@db/handoff handoff db upgrade")
def upgrade(*, as_json: AsJson = False) -> None:
    """Bring the database to this release's schema: DATABASE_URL's, or the one in HANDOFF_HOME.

    The process of the standalone mode must not run; it does this itself at each start.
    """
    stores = settings_of(Stores)
    from handoff_standalone.commands.finishing import finish
    from handoff_standalone.stores import upgraded, where

    with step("Upgrading the database"):
        revision = finish(upgraded(stores))
    place = where(stores)
    found = {"database": place, "revision": revision}
    tell(f"{place} is at revision {revision}.", found, as_json=as_json)


@app.command(epilog="Example: handoff db logins /run/secrets")
def logins(folder: Path, *, as_json: AsJson = False) -> None:
    """Give the services their logins on DATABASE_URL, or new passwords.

    FOLDER has the URL of each with its user and password, as router_database_url. The schema must
    be there. Again and again does no harm.
    """
    stores = settings_of(Stores)
    if not stores.is_distributed:
        fail("DATABASE_URL is not set; the standalone mode has no logins", code=USAGE)
    from handoff_standalone.commands.finishing import finish
    from handoff_standalone.logins import create_logins, read_logins

    async def created() -> list[str]:
        found = read_logins(folder)
        await create_logins(stores.chosen_database_url, found)
        return list(found)

    services = finish(created())
    tell(f"Logins are there: {', '.join(services)}.", {"services": services}, as_json=as_json)


@app.command(epilog="Example: handoff db restored --taken-at 2026-05-01T03:00:00-03:00")
def restored(
    taken_at: Annotated[
        str, typer.Option(help="When the dump was begun (ISO 8601 with its zone); rather earlier.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Say that PostgreSQL was put back from a dump, before any service is started again.

    What the dump holds may have been sent since: from now on Twilio is asked first, and what
    customers wrote before now waits for a person. `handoff restore` does this by itself.
    """
    stores = settings_of(Stores)
    if not stores.is_distributed:
        fail("DATABASE_URL is not set; the standalone mode has `handoff restore`", code=USAGE)
    moment, now = _moment(taken_at), datetime.now(UTC)
    if moment > now:
        fail("--taken-at is in the future", code=USAGE)
    from handoff_outbound.app import remember_restore
    from handoff_standalone.commands.finishing import finish
    from handoff_standalone.stores import database_of

    async def remembered() -> None:
        async with database_of(stores) as database:
            await remember_restore(database, taken_at=moment, restored_at=now)

    finish(remembered())
    found = {"taken_at": moment.isoformat(), "restored_at": now.isoformat()}
    tell(f"What was sent since {moment.isoformat()} will be looked for.", found, as_json=as_json)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail("--taken-at is no time: 2026-05-01T03:00:00-03:00 is one", code=USAGE)
    if moment.tzinfo is None:
        fail("--taken-at needs its zone: 2026-05-01T03:00:00-03:00", code=USAGE)
    return moment
