"""`handoff broker …`."""

import typer

from handoff_standalone.commands.speech import fail, settings_of
from handoff_standalone.settings import Stores

app = typer.Typer(no_args_is_help=True, help="RabbitMQ's exchanges and queues.")


@app.callback()
def group() -> None:
    """Keep `declare` a command of its own, although it is the only one."""


@app.command(epilog="Example: AMQP_URL=amqp://admin:…@rabbit/ handoff broker declare")
def declare() -> None:
    """Declare the exchanges and queues on AMQP_URL; again and again does no harm."""
    url = settings_of(Stores).amqp_url.get_secret_value()
    if not url:
        fail("AMQP_URL is not set; the standalone mode has nothing to declare")
    from handoff_common.messaging.rabbit import RabbitBroker
    from handoff_standalone.commands.finishing import finish

    async def declared() -> None:
        rabbit = RabbitBroker(url, source="handoff-cli")
        try:
            await rabbit.declare()
        finally:
            await rabbit.close()

    finish(declared())
    typer.echo("Exchanges and queues are there.")
