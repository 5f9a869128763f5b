"""What only RabbitMQ can do to us: going away, freezing, losing a consumer, rejecting by itself."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import aio_pika
import pytest
from pamqp.common import FieldValue

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import ConversationChanged
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.messaging.rabbit.feed import Feed
from handoff_common.messaging.topology import Topology
from handoff_common.testing.brokers import (
    TOPOLOGY,
    RabbitHouse,
    changed,
    claim,
    id_of,
    nothing_comes,
    release,
    take,
    until,
    works,
)
from handoff_common.testing.relay import Relay, relay_to

pytestmark = pytest.mark.integration


@pytest.fixture
async def relay(house: RabbitHouse) -> AsyncGenerator[Relay]:
    async with relay_to(house.url) as relay:
        yield relay


@pytest.fixture
async def far(relay: Relay, house: RabbitHouse) -> AsyncGenerator[RabbitBroker]:
    """Put the broker behind a network that can fail."""
    await house.broker()
    broker = RabbitBroker(relay.url, TOPOLOGY, publish_seconds=0.5)
    yield broker
    relay.flow()
    await broker.close()


async def test_a_consumer_learns_that_its_broker_is_away(far: RabbitBroker, relay: Relay) -> None:
    await far.publish([release()])
    async with (
        far.subscribe("alpha", prefetch=1) as alpha,
        far.listen(ConversationChanged) as hints,
    ):
        [held] = await take(alpha)
        waiting = asyncio.create_task(alpha.next())
        listening = asyncio.create_task(hints.next())
        await relay.cut()
        for attempt in (waiting, listening, alpha.ack(held.tag), alpha.retry(held)):
            with pytest.raises(AwayError):
                await attempt
        assert alpha.ready(1) == []
        await alpha.stop()

    await relay.open()
    await works(far)
    async with far.subscribe("alpha", prefetch=5) as alpha:
        again = await take(alpha, 2)
    assert [(id_of(each.body) == id_of(held.body), each.redelivered) for each in again] == [
        (True, True),
        (False, False),
    ]


async def test_a_broker_away_fails_what_needs_it_until_it_is_back(
    far: RabbitBroker, relay: Relay
) -> None:
    await far.ping()
    await relay.cut()

    async def subscribe() -> None:
        async with far.subscribe("alpha", prefetch=1):
            pass

    for attempt in (
        far.publish([release()]),
        far.ping(),
        far.depth("alpha"),
        far.dead_letters("alpha"),
        far.request(claim(), timeout=timedelta(seconds=1)),
        subscribe(),
    ):
        with pytest.raises(AwayError):
            await attempt
    await far.hint([changed()])

    await relay.open()
    await works(far)
    await far.ping()


async def test_a_consumer_that_vanishes_quietly_is_missed(house: RabbitHouse) -> None:
    await house.broker()
    connection = await aio_pika.connect(house.url)
    channel = await connection.channel()
    lost: list[str] = []
    feed = Feed(channel, "alpha", lambda _: None, lost.append)
    await feed.start(prefetch=1, no_ack=False)
    underlay = await channel.get_underlay_channel()
    watching = asyncio.create_task(feed.watch(every=0.05))
    await asyncio.sleep(0.3)
    assert not lost
    await underlay.basic_cancel(feed.tag)
    async with asyncio.timeout(10):
        await watching
    assert lost == ["consumer gone"]
    await connection.close()


async def test_publishing_to_a_frozen_broker_ends_and_may_have_arrived(
    far: RabbitBroker, relay: Relay
) -> None:
    await far.publish([first := release()])
    relay.stall()
    late = release()
    with pytest.raises(AwayError):
        await far.publish([late])
    await far.hint([changed()])

    relay.flow()
    await works(far)
    async with far.subscribe("alpha", prefetch=5) as alpha:
        there = await take(alpha, 3)
    assert {first.id, late.id} < {id_of(delivery.body) for delivery in there}


async def test_many_who_wait_for_a_broker_share_one_attempt(
    far: RabbitBroker, relay: Relay
) -> None:
    await relay.cut()
    async with asyncio.timeout(3):
        outcomes = await asyncio.gather(
            *(far.publish([release()]) for _ in range(50)), return_exceptions=True
        )
    assert all(isinstance(outcome, AwayError) for outcome in outcomes)


async def test_a_consumer_that_the_broker_cancels_knows_it(house: RabbitHouse) -> None:
    broker = await house.broker()
    connection = await aio_pika.connect(house.url)
    channel = await connection.channel()
    async with broker.subscribe("alpha", prefetch=1) as alpha:
        waiting = asyncio.create_task(alpha.next())
        await asyncio.sleep(0)
        await channel.queue_delete("alpha")
        async with asyncio.timeout(10):
            with pytest.raises(AwayError, match="cancelled"):
                await waiting
    with pytest.raises(AwayError):
        async with broker.subscribe("alpha", prefetch=1):
            pass
    await broker.declare()
    async with broker.subscribe("alpha", prefetch=1) as alpha:
        assert await nothing_comes(alpha)
    await connection.close()


async def test_a_binding_that_is_gone_is_an_error_of_the_publisher(house: RabbitHouse) -> None:
    broker = await house.broker()
    connection = await aio_pika.connect(house.url)
    queue = await (await connection.channel()).get_queue("alpha")
    await queue.unbind("events", "message.released.v1")
    with pytest.raises(UnroutableError, match=r"message\.released\.v1"):
        await broker.publish([release()])
    await connection.close()


async def test_a_topology_that_contradicts_the_broker_is_a_mistake(house: RabbitHouse) -> None:
    await house.broker()
    other = RabbitBroker(house.url, replace(TOPOLOGY, delivery_limit=7))
    with pytest.raises(ValueError, match="declared otherwise"):
        await other.declare()
    await other.close()


async def test_the_brokers_own_limit_ends_among_the_dead_letters(house: RabbitHouse) -> None:
    house.topology = Topology(
        queues={"fused": ("message.released.v1",)},
        retry_delays=(timedelta(seconds=1),),
        delivery_limit=2,
    )
    broker = await house.broker()
    await broker.publish([event := release()])
    for _ in range(3):
        async with broker.subscribe("fused", prefetch=1) as subscription:
            await take(subscription)
    await until(lambda: _letters(broker, "fused"), 1)
    [letter] = await broker.dead_letters("fused")
    assert (letter.id, letter.reason) == (str(event.id), "delivery_limit")
    assert await broker.replay("fused") == 1


async def _letters(broker: RabbitBroker, queue: str) -> int:
    return len(await broker.dead_letters(queue))


async def test_a_foreign_message_can_be_buried_and_replayed(house: RabbitHouse) -> None:
    broker = await house.broker()
    connection = await aio_pika.connect(house.url)
    channel = await connection.channel()
    headers: dict[str, FieldValue] = {"attempt": "many", "id": 7, "x-death": [{"count": 3}]}
    await channel.default_exchange.publish(
        aio_pika.Message(b"\xff", headers=headers, message_id="m1"), "alpha"
    )
    async with broker.subscribe("alpha", prefetch=1) as alpha:
        [delivery] = await take(alpha)
        assert (delivery.type, delivery.attempt, delivery.body) == ("", 0, b"\xff")
        await alpha.bury(delivery, "unreadable")
        await alpha.ack(delivery.tag)
        [letter] = await broker.dead_letters("alpha")
        assert letter.id
        assert await broker.replay("alpha", ids=[letter.id]) == 1
        assert (await take(alpha))[0].body == b"\xff"
    await connection.close()
