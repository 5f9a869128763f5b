"""`handoff run`."""

import typer

from handoff_standalone.commands.speech import settings_of
from handoff_standalone.importing import importing
from handoff_standalone.settings import Settings

app = typer.Typer()


@app.command(epilog="Example: PORT=8080 HANDOFF_HOME=/srv/handoff handoff run")
def run() -> None:
    """Start everything in one process, on HANDOFF_HOME (./var) and PORT (8000).

    .env is honoured, and .env.example describes every setting.

    The first start makes the database, and an admin whose password is shown once. Ctrl-C stops it.
    """
    settings = settings_of(Settings)
    with importing():
        from handoff_standalone.commands.finishing import finish
        from handoff_standalone.running import run_until_signalled

    finish(run_until_signalled(settings))
