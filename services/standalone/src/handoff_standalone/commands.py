"""The commands, with their help and examples."""

import json
import os
import secrets
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Annotated, NoReturn, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.table import Table

import handoff_operator_api.app as operator_api
from handoff_common import schema
from handoff_common.errors import AwayError
from handoff_common.logging import configure
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.messaging.topology import QUEUES
from handoff_standalone.home import HomeTakenError
from handoff_standalone.running import run_until_signalled
from handoff_standalone.settings import Settings
from handoff_standalone.stores import Stores, broker_of, database_of

app = typer.Typer(no_args_is_help=True, help="WhatsApp: a bot and people, one conversation.")
db = typer.Typer(no_args_is_help=True, help="The database's schema.")
user = typer.Typer(no_args_is_help=True, help="Who may sign in.")
dlq = typer.Typer(no_args_is_help=True, help="Dead letters: what a person has to look at.")
broker = typer.Typer(no_args_is_help=True, help="RabbitMQ's exchanges and queues.")
for name, group in (("db", db), ("user", user), ("dlq", dlq), ("broker", broker)):
    app.add_typer(group, name=name)

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
out = Console()


@app.callback()
def prepare() -> None:
    """Keep logs out of a command's output, so that programs can read it."""
    configure("command", level="WARNING", stream=sys.stderr)


@app.command()
def run() -> None:
    """Start everything in one process (PORT, HANDOFF_HOME and .env are honoured).

    Example: PORT=8080 HANDOFF_HOME=/srv/handoff handoff run
    """
    try:
        _finish(run_until_signalled(Settings()))
    except (HomeTakenError, OSError, ValueError) as error:
        _fail(str(error))


@db.command()
def upgrade() -> None:
    """Bring the database to this release's schema: DATABASE_URL's, or the one of HANDOFF_HOME.

    Example: DATABASE_URL=postgresql://owner@db/handoff handoff db upgrade
    """
    stores = Stores()
    if not stores.is_distributed:
        stores.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    revision = _finish(schema.upgrade(stores.chosen_database_url))
    out.print(f"The database is at revision {revision}.")


@broker.command()
def declare() -> None:
    """Declare the exchanges and queues on AMQP_URL; again and again does no harm.

    Example: AMQP_URL=amqp://admin:…@rabbit/ handoff broker declare
    """
    url = Stores().amqp_url.get_secret_value()
    if not url:
        _fail("AMQP_URL is not set; the standalone mode has nothing to declare")

    async def declared() -> None:
        rabbit = RabbitBroker(url, source="handoff-cli")
        try:
            await rabbit.declare()
        finally:
            await rabbit.close()

    _finish(declared())
    out.print("Exchanges and queues are there.")


@user.command()
def add(
    email: str,
    name: Annotated[str, typer.Option(help="As customers and colleagues see it.")] = "",
    role: Annotated[str, typer.Option(help="admin, supervisor or operator")] = "operator",
) -> None:
    """Add somebody who may sign in. The password comes from HANDOFF_PASSWORD, or is made and shown.

    Example: handoff user add helena@example.com --name Helena --role operator
    """
    given = os.environ.get("HANDOFF_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    if role not in ("admin", "supervisor", "operator"):
        _fail(f"no such role: {role}")

    async def added() -> None:
        async with database_of(Stores()) as database:
            await schema.check(database)
            await operator_api.create_operator(
                database,
                email=email,
                name=name or email.split("@", maxsplit=1)[0],
                role=role,
                password=password,
                now=datetime.now(UTC),
            )

    try:
        _finish(added())
    except (operator_api.EmailTakenError, ValueError) as error:
        _fail(str(error) or "somebody has this e-mail address already")
    shown = "the one given" if given else password
    out.print(f"{email} may sign in as {role}; password: {shown}", highlight=False)


@dlq.command("list")
def list_dead(queue: str = "", *, as_json: AsJson = False) -> None:
    """List dead letters: all, or of one queue. Never their contents.

    Example: handoff dlq list router.events --json
    """

    async def read() -> list[dict[str, str]]:
        async with broker_of(Stores()) as opened:
            return [
                {"queue": letter.queue, "id": letter.id, "type": letter.type,
                 "reason": letter.reason, "died_at": str(letter.died_at or "")}
                for name in ([queue] if queue else QUEUES)
                for letter in await opened.dead_letters(name)
            ]  # fmt: skip

    letters = _finish(read())
    if as_json:
        typer.echo(json.dumps(letters))
        return
    table = Table("queue", "id", "type", "reason", "died at")
    for letter in letters:
        table.add_row(*letter.values())
    out.print(table if letters else "No dead letters.")


@dlq.command()
def replay(queue: str, ids: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Put dead letters back into their queue, all or those named.

    Example: handoff dlq replay router.events
    """

    async def replayed() -> int:
        async with broker_of(Stores()) as opened:
            return await opened.replay(queue, ids=ids or None)

    out.print(f"{_finish(replayed())} put back.")


def _finish(work: Coroutine[object, object, T]) -> T:
    try:
        return uvloop.run(work)
    except AwayError as error:
        _fail(f"a server is away: {error}")
    except schema.SchemaError as error:
        _fail(str(error))


def _fail(reason: str) -> NoReturn:
    typer.echo(f"handoff: {reason}", err=True)
    raise typer.Exit(1)
