"""The commands, with their help and examples.

Each imports what it needs when it runs: `handoff --help` should not wait for a web framework.
Exit codes are a contract: 0 done; 1 not done, and standard error says why; 2 asked for wrongly.
"""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from handoff_standalone.commands import backups, broker, channel, db, dlq, doctor, people, run

_FOR_THE_OWNER = 0o077

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they can show what variables hold
    help="WhatsApp: a bot and people, one conversation.",
    epilog="Exit codes: 0 done; 1 not done, standard error says why; 2 asked for wrongly. With"
    " --json, standard output is one JSON document and nothing else.",
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        typer.echo(f"handoff {version('handoff-standalone')}")
        raise typer.Exit


@app.callback()
def prepare(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Keep logs out of a command's output, and its files from other users of the machine."""
    from handoff_common.logging import configure

    os.umask(_FOR_THE_OWNER)
    configure("command", level="CRITICAL", stream=sys.stderr)


for part in (run.app, doctor.app, backups.app):
    app.add_typer(part)
for name, group in (
    ("db", db.app),
    ("user", people.app),
    ("twilio", channel.app),
    ("dlq", dlq.app),
    ("broker", broker.app),
):
    app.add_typer(group, name=name)
