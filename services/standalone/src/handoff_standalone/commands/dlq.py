"""`handoff dlq …`."""

from typing import Annotated

import typer

from handoff_standalone.commands.speech import AsJson, fail, settings_of, tell
from handoff_standalone.settings import Stores

app = typer.Typer(no_args_is_help=True, help="Dead letters: what a person has to look at.")


def _known(queue: str | None) -> str | None:
    if queue is None:
        return None
    from handoff_common.messaging.topology import QUEUES

    if queue not in QUEUES:
        raise typer.BadParameter(f"no such queue; there are {', '.join(QUEUES)}")
    return queue


Queue = Annotated[str | None, typer.Argument(callback=_known, help="One queue; without: all.")]
NamedQueue = Annotated[str, typer.Argument(callback=_known, help="As `handoff dlq list` shows it.")]


@app.command("list", epilog="Example: handoff dlq list router.events --json")
def list_dead(queue: Queue = None, *, as_json: AsJson = False) -> None:
    """List dead letters, of all queues or of one: which, when and why. Never what is in them."""
    stores = settings_of(Stores)
    from handoff_standalone import letters
    from handoff_standalone.commands.finishing import finish
    from handoff_standalone.stores import broker_of

    async def found() -> list[letters.Letter]:
        async with broker_of(stores) as opened:
            return await letters.dead(opened, queue)

    shown = finish(found())
    tell(letters.as_table(shown), letters.as_documents(shown), as_json=as_json)


@app.command(epilog="Example: handoff dlq replay router.events")
def replay(
    queue: NamedQueue,
    ids: Annotated[list[str] | None, typer.Argument(help="As listed; without: all.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put dead letters back into their queue: those named, or all. Fails where one is not there."""
    stores = settings_of(Stores)
    from handoff_standalone.commands.finishing import finish
    from handoff_standalone.stores import broker_of

    async def replayed() -> int:
        async with broker_of(stores) as opened:
            return await opened.replay(queue, ids=ids or None)

    count = finish(replayed())
    tell(f"{count} put back.", {"queue": queue, "put_back": count}, as_json=as_json)
    if count < len(set(ids or ())):
        fail("the others are no dead letters of this queue: see `handoff dlq list`")
