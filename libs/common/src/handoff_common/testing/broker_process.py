"""A process of its own that publishes or consumes until it is killed: `kind address queues role`.

It writes the id of every event whose publication was confirmed, or that it was handed, to its
standard output.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from handoff_common.database import Database
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.messaging.topology import Topology
from handoff_common.testing.brokers import id_of, timer


@asynccontextmanager
async def opened(kind: str, address: str, topology: Topology) -> AsyncGenerator[Broker]:
    if kind == "rabbit":
        rabbit = RabbitBroker(address, topology)
        yield rabbit
        await rabbit.close()
    else:
        database = Database(address)
        embedded = EmbeddedBroker(database, topology)
        yield embedded
        await embedded.close()
        await database.close()


def tell(event_id: object) -> None:
    sys.stdout.write(f"{event_id}\n")
    sys.stdout.flush()


async def publish(broker: Broker) -> None:
    while True:
        events = [timer() for _ in range(3)]
        await broker.publish(events)
        for event in events:
            tell(event.id)


async def hold(broker: Broker, queue: str) -> None:
    async with broker.subscribe(queue, prefetch=2) as subscription:
        while (delivery := await subscription.next()) is not None:
            tell(id_of(delivery.body))


async def main(kind: str, address: str, queues: str, role: str) -> None:
    named: dict[str, tuple[str, ...]] = {
        name: tuple(types) for name, types in json.loads(queues).items()
    }
    async with opened(kind, address, Topology(queues=named)) as broker:
        if role == "publish":
            await publish(broker)
        else:
            await hold(broker, role)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(*sys.argv[1:]))
