"""What both brokers promise, third part: looking on, which costs nobody else anything."""

import asyncio
from datetime import timedelta
from uuid import UUID

import aio_pika
import pytest

from handoff_common.errors import AwayError
from handoff_common.messaging.broker import Sighting, Sightings
from handoff_common.messaging.lookout import BOUND
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.testing.brokers import (
    TOPOLOGY,
    EmbeddedHouse,
    House,
    RabbitHouse,
    changed,
    claim,
    id_of,
    nothing_comes,
    release,
    releases,
    take,
    timer,
    works,
)
from handoff_common.testing.rabbit import Rabbit
from handoff_common.testing.relay import relay_to


async def seen(sightings: Sightings, count: int = 1) -> list[Sighting]:
    async with asyncio.timeout(10):
        return [await sightings.next() for _ in range(count)]


async def nothing_is_seen(sightings: Sightings) -> bool:
    try:
        async with asyncio.timeout(0.3):
            await sightings.next()
    except TimeoutError:
        return True
    return False


class ObservingContract:
    async def test_an_observer_sees_each_event_once_and_takes_it_from_nobody(
        self, house: House
    ) -> None:
        broker, event, hint = await house.broker(), timer(), changed()
        async with broker.observe() as one, broker.observe() as other:
            await broker.publish([event])
            await broker.hint([hint])
            for sightings in (one, other):
                both = {each.type: id_of(each.body) for each in await seen(sightings, 2)}
                assert both == {"timer.fired.v1": event.id, "conversation.changed.v1": hint.id}
                assert await nothing_is_seen(sightings)
        for queue in ("alpha", "beta"):
            async with broker.subscribe(queue, prefetch=5) as subscription:
                [delivery] = await take(subscription)
                assert id_of(delivery.body) == event.id
                assert await nothing_comes(subscription)

    async def test_an_observer_sees_requests_too(self, house: House) -> None:
        broker, command = await house.broker(), claim()
        async with broker.observe() as sightings:
            await broker.request(command, timeout=timedelta(milliseconds=100))
            [sighting] = await seen(sightings)
        assert (id_of(sighting.body), sighting.missed) == (command.id, 0)

    async def test_nothing_is_kept_for_who_does_not_look(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish([release()])
        async with broker.observe() as sightings:
            assert await nothing_is_seen(sightings)
        await broker.publish([release()])
        async with broker.observe() as sightings:
            assert await nothing_is_seen(sightings)
        assert await broker.depth("alpha") == 2

    async def test_an_observer_that_does_not_keep_up_is_told_how_many_it_missed(
        self, house: House
    ) -> None:
        broker, events = await house.broker(), releases(BOUND + 200)
        async with broker.observe() as sightings, broker.subscribe("alpha", prefetch=64) as alpha:
            await broker.publish(events)
            done: set[UUID] = set()
            while len(done) < len(events):
                batch = [*await take(alpha), *alpha.ready(63)]
                done |= {id_of(delivery.body) for delivery in batch}
                await alpha.ack(batch[-1].tag, multiple=True)
            last = timer()
            await broker.publish([last])
            found: list[Sighting] = []
            while not found or id_of(found[-1].body) != last.id:
                found += await seen(sightings)
        missed = sum(each.missed for each in found)
        assert missed > 0
        assert missed + len(found) == len(events) + 1


class TestEmbedded(ObservingContract):
    @pytest.fixture
    def house(self, embedded: EmbeddedHouse) -> House:
        return embedded

    async def test_a_publisher_that_was_cancelled_has_still_published(
        self, house: EmbeddedHouse
    ) -> None:
        broker, event = await house.broker(), release()
        async with broker.observe() as sightings:
            publishing = asyncio.create_task(broker.publish([event]))
            await asyncio.sleep(0)
            publishing.cancel()
            [sighting] = await seen(sightings)
        assert id_of(sighting.body) == event.id
        assert await broker.depth("alpha") == 1

    async def test_an_observer_that_is_gone_hears_so(self, house: EmbeddedHouse) -> None:
        broker = await house.broker()
        async with broker.observe() as sightings:
            pass
        with pytest.raises(AwayError):
            await sightings.next()


@pytest.mark.integration
class TestRabbit(ObservingContract):
    async def test_a_user_that_may_only_look_can_look_and_nothing_else(
        self, house: RabbitHouse, rabbit: Rabbit
    ) -> None:
        working, logins = await house.broker(), await rabbit.create_logins(house.url, "secret")
        looking = RabbitBroker(logins["simulator"], TOPOLOGY)
        async with looking.observe() as sightings:
            await working.publish([event := release()])
            [sighting] = await seen(sightings)
            assert id_of(sighting.body) == event.id
            with pytest.raises(AwayError):
                await looking.publish([release()])
            with pytest.raises(AwayError):
                async with looking.subscribe("alpha", prefetch=1):
                    pass
        await looking.close()
        assert await working.depth("alpha") == 1

    async def test_nobody_looks_on_while_a_queue_is_missing(self, house: RabbitHouse) -> None:
        """An observer would be taken for the one who wants the event, and it would be lost."""
        broker = await house.broker()
        connection = await aio_pika.connect(house.url)
        await (await connection.channel()).queue_delete("beta")
        with pytest.raises(AwayError):
            async with broker.observe():
                pass
        await broker.declare()
        async with broker.observe():
            pass
        await connection.close()

    async def test_an_observer_looks_whether_it_can_begin_before_it_makes_a_queue(
        self, house: RabbitHouse, rabbit: Rabbit
    ) -> None:
        logins = await rabbit.create_logins(house.url, "secret")
        barred = RabbitBroker(logins["ingress"], TOPOLOGY)  # making a queue, it would be refused
        with pytest.raises(AwayError, match="NotFound"):
            async with barred.observe():
                pass
        await barred.close()

    async def test_an_observer_learns_that_its_broker_is_away(self, house: RabbitHouse) -> None:
        await house.broker()
        async with relay_to(house.url) as relay:
            far = RabbitBroker(relay.url, TOPOLOGY)
            async with far.observe() as sightings:
                waiting = asyncio.create_task(sightings.next())
                await relay.cut()
                async with asyncio.timeout(10):
                    with pytest.raises(AwayError):
                        await waiting
            await relay.open()
            await works(far)
            await far.close()
