"""The commands, with their help and examples."""

import os
import secrets
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Annotated, NoReturn, TypeVar

import typer
import uvloop
from sqlalchemy.exc import DBAPIError

import handoff_operator_api.app as operator_api
from handoff_common import schema
from handoff_common.errors import AwayError
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_standalone import letters
from handoff_standalone.home import HomeError, locked
from handoff_standalone.running import run_until_signalled
from handoff_standalone.settings import Settings, SettingsError, Stores, read
from handoff_standalone.stores import broker_of, database_of, where

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they can show what variables hold
    help="WhatsApp: a bot and people, one conversation.",
)
db = typer.Typer(no_args_is_help=True, help="The database's schema.")
user = typer.Typer(no_args_is_help=True, help="Who may sign in.")
dlq = typer.Typer(no_args_is_help=True, help="Dead letters: what a person has to look at.")
broker = typer.Typer(no_args_is_help=True, help="RabbitMQ's exchanges and queues.")
for name, group in (("db", db), ("user", user), ("dlq", dlq), ("broker", broker)):
    app.add_typer(group, name=name)

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_FOR_THE_OWNER = 0o077
_EXPECTED = (SettingsError, HomeError, schema.SchemaError)


@app.callback()
def prepare() -> None:
    """Keep logs out of a command's output, and its files from other users of the machine."""
    os.umask(_FOR_THE_OWNER)
    configure("command", level="CRITICAL", stream=sys.stderr)


@app.command(epilog="Example: PORT=8080 HANDOFF_HOME=/srv/handoff handoff run")
def run() -> None:
    """Start everything in one process, on HANDOFF_HOME (./var) and PORT (8000).

    .env is honoured, and .env.example describes every setting.

    The first start makes the database, and an admin whose password is shown once. Ctrl-C stops it.
    """
    _finish(run_until_signalled(_settings(Settings)))


@db.command(epilog="Example: DATABASE_URL=postgresql://owner@db/handoff handoff db upgrade")
def upgrade() -> None:
    """Bring the database to this release's schema: DATABASE_URL's, or the one in HANDOFF_HOME.

    The process of the standalone mode must not run; it does this itself at each start.
    """
    stores = _settings(Stores)
    revision = _finish(_upgraded(stores))
    typer.echo(f"{where(stores)} is at revision {revision}.")


async def _upgraded(stores: Stores) -> str:
    if stores.is_distributed:
        return await schema.upgrade(stores.chosen_database_url)
    with locked(stores.home):
        return await schema.upgrade(stores.chosen_database_url)


@broker.command(epilog="Example: AMQP_URL=amqp://admin:…@rabbit/ handoff broker declare")
def declare() -> None:
    """Declare the exchanges and queues on AMQP_URL; again and again does no harm."""
    url = _settings(Stores).amqp_url.get_secret_value()
    if not url:
        _fail("AMQP_URL is not set; the standalone mode has nothing to declare")

    async def declared() -> None:
        rabbit = RabbitBroker(url, source="handoff-cli")
        try:
            await rabbit.declare()
        finally:
            await rabbit.close()

    _finish(declared())
    typer.echo("Exchanges and queues are there.")


@user.command(epilog="Example: handoff user add helena@example.com --name Helena")
def add(
    email: str,
    name: Annotated[str, typer.Option(help="As customers and colleagues see it.")] = "",
    role: Annotated[operator_api.Role, typer.Option(help="What they may do.")] = "operator",
) -> None:
    """Add somebody who may sign in, also while the product runs.

    The password is that of the setting HANDOFF_PASSWORD; without it one is made and shown once.
    """
    stores = _settings(Stores)
    given = stores.password.get_secret_value()
    password = given or secrets.token_urlsafe(12)

    async def added() -> None:
        async with database_of(stores) as database:
            await operator_api.create_operator(
                database,
                email=email,
                name=name or email.partition("@")[0],
                role=role,
                password=password,
                now=datetime.now(UTC),
            )

    try:
        _finish(added())
    except operator_api.EmailTakenError:
        _fail("somebody has this e-mail address already")
    except ValueError as error:
        _fail(str(error))
    shown = "the one given" if given else password
    typer.echo(f"{email} may sign in as {role}; password: {shown}")


@dlq.command("list", epilog="Example: handoff dlq list router.events --json")
def list_dead(queue: letters.Queue = None, *, as_json: AsJson = False) -> None:
    """List dead letters, of all queues or of one: which, when and why. Never what is in them."""
    stores = _settings(Stores)

    async def found() -> list[letters.Letter]:
        async with broker_of(stores) as opened:
            return await letters.dead(opened, queue)

    shown = _finish(found())
    typer.echo(letters.as_json(shown) if as_json else letters.as_table(shown))


@dlq.command(epilog="Example: handoff dlq replay router.events")
def replay(
    queue: letters.NamedQueue,
    ids: Annotated[list[str] | None, typer.Argument(help="As listed; without: all.")] = None,
) -> None:
    """Put dead letters back into their queue: those named, or all. Fails where one is not there."""
    stores = _settings(Stores)

    async def replayed() -> int:
        async with broker_of(stores) as opened:
            return await opened.replay(queue, ids=ids or None)

    count = _finish(replayed())
    typer.echo(f"{count} put back.")
    if count < len(set(ids or ())):
        _fail("the others are no dead letters of this queue: see `handoff dlq list`")


S = TypeVar("S", Settings, Stores)


def _settings(kind: type[S]) -> S:
    try:
        return read(kind)
    except SettingsError as error:
        _fail(str(error))


def _finish(work: Coroutine[object, object, T]) -> T:
    try:
        return uvloop.run(work)
    except AwayError as error:
        _fail(f"a server is away, or busy: {error}")
    except DBAPIError as error:
        _fail(f"the database refuses: {error.orig}")
    except _EXPECTED as error:
        _fail(str(error))


def _fail(reason: str) -> NoReturn:
    typer.echo(f"handoff: {reason}", err=True)
    raise typer.Exit(1)
