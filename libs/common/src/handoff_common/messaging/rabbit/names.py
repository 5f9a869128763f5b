"""What the broker's parts are called, and their declaration.

What can't be handled now goes to the delay queue of its step, which nobody consumes. It expires
there and, because that queue names no routing key for its dead letters, returns through the default
exchange to the queue that its own routing key names (tried on 3.10.8). There is a queue for each
delay: in one for all, with a time to live for each message, a long delay holds up the short ones.
"""

from datetime import timedelta

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractQueue
from aio_pika.exceptions import ChannelPreconditionFailed
from pamqp.common import FieldValue

from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.topology import Topology

EVENTS = "events"
HINTS = "hints"
DEAD = "dead"
"""Leads to the dead letters of the queue that the routing key names."""
OBSERVER = "observer"
"""How the queues of observers begin."""
_NEVER = 1_000_000_000
"""A delivery limit that is none. Without one, RabbitMQ 4 applies 20, and 3.10 returns what was
listed to the back of the queue, so that the oldest letter would no longer be the first."""
_SAFELY: dict[str, FieldValue] = {
    # At-least-once dead lettering works only with this overflow; else it is at-most-once, silently.
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


def dead_queue(queue: str) -> str:
    return f"{queue}.dead"


def delay_name(delay: timedelta) -> str:
    """Return the name of the exchange and the queue of a delay: another delay is another queue."""
    return f"retry.{round(delay.total_seconds() * 1000)}ms"


async def declare(channel: AbstractChannel, topology: Topology) -> None:
    """Declare everything, again and again if you like.

    Raises `AwayError`, and `ValueError` where the broker has something else by one of our names:
    the arguments of a queue can't be changed, so it has to be drained and deleted first.
    """
    with away_errors():
        try:
            await _declare_delays(channel, topology)
            await _declare_queues(channel, topology)
        except ChannelPreconditionFailed as error:
            raise ValueError(f"declared otherwise: {error}") from error


async def _declare_delays(channel: AbstractChannel, topology: Topology) -> None:
    for delay in topology.retry_delays:
        name = delay_name(delay)
        # Not a fanout, which would do: only on a topic exchange can rights be about routing keys.
        exchange = await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)
        waiting = await _quorum_queue(
            channel,
            name,
            {
                **_SAFELY,
                "x-message-ttl": round(delay.total_seconds() * 1000),
                "x-dead-letter-exchange": "",
                "x-delivery-limit": topology.delivery_limit,
            },
        )
        await waiting.bind(exchange, "#")


async def _declare_queues(channel: AbstractChannel, topology: Topology) -> None:
    events = await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(HINTS, ExchangeType.TOPIC, durable=True)
    dead = await channel.declare_exchange(DEAD, ExchangeType.TOPIC, durable=True)
    for name, types in topology.queues.items():
        letters = await _quorum_queue(channel, dead_queue(name), {"x-delivery-limit": _NEVER})
        await letters.bind(dead, name)
        queue = await _quorum_queue(
            channel,
            name,
            {
                **_SAFELY,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": dead_queue(name),
                "x-delivery-limit": topology.delivery_limit,
            },
        )
        for wire_type in types:
            await queue.bind(events, wire_type)


async def _quorum_queue(
    channel: AbstractChannel, name: str, arguments: dict[str, FieldValue]
) -> AbstractQueue:
    return await channel.declare_queue(
        name, durable=True, arguments={"x-queue-type": "quorum", **arguments}
    )
