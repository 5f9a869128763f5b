"""`handoff user …`."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from handoff_standalone.commands.speech import AsJson, fail, settings_of, tell
from handoff_standalone.importing import importing
from handoff_standalone.settings import Stores

app = typer.Typer(no_args_is_help=True, help="Who may sign in.")

Role = Literal["admin", "supervisor", "operator"]


@app.callback()
def group() -> None:
    """Keep `add` a command of its own, although it is the only one."""


@app.command(epilog="Example: handoff user add helena@example.com --name Helena")
def add(
    email: str,
    name: Annotated[str, typer.Option(help="As customers and colleagues see it.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = "operator",
    *,
    first: Annotated[bool, typer.Option("--first", help="Only where nobody may yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add somebody who may sign in, also while the product runs.

    The password is that of the setting HANDOFF_PASSWORD; without it one is made and shown once.
    """
    stores = settings_of(Stores)
    given = stores.password.get_secret_value()
    password = given or secrets.token_urlsafe(12)
    with importing():
        import handoff_operator_api.app as operator_api
        from handoff_standalone.commands.finishing import finish
        from handoff_standalone.operators import anybody
        from handoff_standalone.stores import database_of

    async def added() -> bool:
        async with database_of(stores) as database:
            if first and await anybody(database):
                return False
            await operator_api.create_operator(
                database,
                email=email,
                name=name or email.partition("@")[0],
                role=role,
                password=password,
                now=datetime.now(UTC),
            )
            return True

    try:
        is_new = finish(added())
    except operator_api.EmailTakenError:
        fail("somebody has this e-mail address already")
    except ValueError as error:
        fail(str(error))
    if not is_new:
        tell("Somebody may sign in already; nobody was added.", None, as_json=as_json)
        return
    shown = "the one given" if given else password
    tell(
        f"{email} may sign in as {role}; password: {shown}",
        {"email": email, "role": role, "password": None if given else password},
        as_json=as_json,
    )
