"""What RabbitMQ carries beside the event, and what it keeps when it is killed."""

import asyncio
from uuid import UUID

import aio_pika
import pytest

from handoff_common.testing.brokers import (
    RabbitHouse,
    answered,
    claim,
    heard_until_killed,
    id_of,
    ids,
    release,
    releases,
    take,
    works,
)
from handoff_common.testing.instance import Kind, Way
from handoff_common.testing.servers import provide

pytestmark = pytest.mark.integration


async def test_headers_follow_cloudevents_and_ids_of_attempts_differ(house: RabbitHouse) -> None:
    broker = await house.broker()
    event = release().model_copy(update={"trace": "00-aa-bb-01"})
    await broker.publish([event, event])
    connection = await aio_pika.connect(house.url)
    queue = await (await connection.channel()).get_queue("alpha")
    one, two = await queue.get(), await queue.get()
    assert one.headers == {
        **one.headers,
        "id": str(event.id),
        "source": "handoff",
        "type": "message.released.v1",
        "subject": str(event.conversation_id),
        "time": event.time.isoformat(),
        "traceparent": "00-aa-bb-01",
    }
    assert (one.content_type, one.type, one.delivery_mode) == (
        "application/json",
        "message.released.v1",
        aio_pika.DeliveryMode.PERSISTENT,
    )
    assert one.message_id != two.message_id
    await connection.close()


async def test_another_instance_answers(house: RabbitHouse) -> None:
    command = claim()
    answer = await answered(command, asking=await house.broker(), serving=await house.broker())
    assert answer.command_id == command.id


async def test_confirmed_events_survive_a_kill_of_the_broker(installed: Way) -> None:
    async with provide(Kind.RABBIT, ways=[installed]) as servers:
        house = RabbitHouse(await servers.rabbit.create_vhost("killed"))
        broker = await house.broker()
        events = releases(20)
        await broker.publish(events)
        process = await house.process("publish")
        assert process.stdout is not None
        told = [await process.stdout.readline() for _ in range(30)]
        await servers.rabbit.kill()
        confirmed = {UUID(line.decode().strip()) for line in told}
        confirmed |= set(await heard_until_killed(process, 0))
        await servers.rabbit.start()

        there: set[UUID] = set()
        await works(broker)
        async with broker.subscribe("alpha", prefetch=500) as alpha, asyncio.timeout(20):
            while not there >= confirmed | ids(events):
                there |= {id_of(delivery.body) for delivery in await take(alpha)}
        await house.close()
