"""Webhook in, confirmed quorum publish, answer; one PostgreSQL transaction; publish; POST out.

Three processes, named by the argument: `ingress` (publishes to `QUEUE`), `router`, `sender`. Each
takes what is there, so that transactions and acknowledgements are shared under load.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias, cast

import aiormq
import asyncpg
import uvloop
from aiormq.abc import AbstractChannel, DeliveredMessage

from bench.floor.posting import event_of, posting
from bench.floor.serving import Handle, serve

INBOUND, OUTBOUND = "floor.inbound", "floor.outbound"
_MOST = 64
_DURABLE = aiormq.spec.Basic.Properties(delivery_mode=2)


class Database(Protocol):
    """The part of asyncpg's untyped connection that is used."""

    async def execute(self, statement: str, *arguments: object) -> str: ...


Work: TypeAlias = Callable[[Sequence[bytes]], Awaitable[None]]


@asynccontextmanager
async def channel(*queues: str) -> AsyncGenerator[AbstractChannel]:
    connection = await aiormq.connect(os.environ["AMQP_URL"])
    opened = await connection.channel()
    for queue in queues:
        await opened.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    try:
        yield opened
    finally:
        await connection.close()


async def publish(to: AbstractChannel, queue: str, event: bytes) -> None:
    """Return once the broker has it on its disk."""
    await to.basic_publish(event, routing_key=queue, properties=_DURABLE)


async def consume(source: AbstractChannel, queue: str, work: Work) -> None:
    """Work on what is waiting, for ever; acknowledge it together."""
    waiting: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    await source.basic_qos(prefetch_count=4 * _MOST)
    await source.basic_consume(queue, waiting.put)
    while True:
        taken = [await waiting.get()]
        while not waiting.empty() and len(taken) < _MOST:
            taken.append(waiting.get_nowait())
        await work([message.body for message in taken])
        await source.basic_ack(taken[-1].delivery_tag or 0, multiple=True)


@asynccontextmanager
async def ingress() -> AsyncGenerator[Handle]:
    queue = os.environ["QUEUE"]
    async with channel(queue) as out:
        yield lambda body: publish(out, queue, event_of(body))


async def router() -> None:
    database: Database = await cast("Any", asyncpg).connect(os.environ["DATABASE_URL"])
    await database.execute("CREATE TABLE events (number bigserial PRIMARY KEY, body bytea)")
    async with channel(INBOUND) as source, channel(OUTBOUND) as out:

        async def work(events: Sequence[bytes]) -> None:
            await database.execute(
                "INSERT INTO events (body) SELECT unnest($1::bytea[])", list(events)
            )
            await asyncio.gather(*(publish(out, OUTBOUND, event) for event in events))

        await consume(source, INBOUND, work)


async def sender() -> None:
    async with channel(OUTBOUND) as source, posting() as post:

        async def work(events: Sequence[bytes]) -> None:
            await asyncio.gather(*(post(event) for event in events))

        await consume(source, OUTBOUND, work)


if __name__ == "__main__":
    match sys.argv[1]:
        case "router":
            uvloop.run(router())
        case "sender":
            uvloop.run(sender())
        case _:
            serve(ingress())
