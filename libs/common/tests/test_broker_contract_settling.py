"""What both brokers promise, second part: how deliveries are settled."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from handoff_common.testing.brokers import (
    DELAYS,
    EmbeddedHouse,
    House,
    id_of,
    ids,
    nothing_comes,
    release,
    releases,
    take,
)


class SettlingContract:
    async def test_what_is_acknowledged_is_gone(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish([release()])

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            [delivery] = await take(alpha)
            await alpha.ack(delivery.tag)

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            assert await nothing_comes(alpha)

    async def test_what_was_not_settled_when_a_subscription_ends_comes_again(
        self, house: House
    ) -> None:
        broker, events = await house.broker(), releases(3)
        await broker.publish(events)

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            first = (await take(alpha, 3))[0]
            await alpha.ack(first.tag)

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            again = await take(alpha, 2)
        assert {id_of(delivery.body) for delivery in again} == ids(events) - {id_of(first.body)}
        assert all(delivery.redelivered for delivery in again)

    async def test_a_multiple_ack_settles_exactly_the_prefix(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish(releases(6))
        async with broker.subscribe("alpha", prefetch=6) as alpha:
            taken = await take(alpha, 6)
            assert [delivery.tag for delivery in taken] == sorted(each.tag for each in taken)
            await alpha.ack(taken[3].tag, multiple=True)

        async with broker.subscribe("alpha", prefetch=6) as alpha:
            again = await take(alpha, 2)
            assert await nothing_comes(alpha)
        assert {each.body for each in again} == {each.body for each in taken[4:]}

    async def test_a_delivery_is_settled_once(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish([release()])
        async with broker.subscribe("alpha", prefetch=4) as alpha:
            [delivery] = await take(alpha)
            await alpha.ack(delivery.tag)
            with pytest.raises(ValueError, match="not open"):
                await alpha.ack(delivery.tag)

    async def test_a_retry_comes_after_its_delay_and_counts(self, house: House) -> None:
        broker, event = await house.broker(), release()
        await broker.publish([event])
        waits: list[timedelta] = []

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            [delivery] = await take(alpha)
            for attempt in (1, 2, 3):
                since = datetime.now(UTC)
                await alpha.retry(delivery)
                await alpha.ack(delivery.tag)
                [delivery] = await take(alpha)
                waits.append(datetime.now(UTC) - since)
                assert (delivery.attempt, delivery.redelivered) == (attempt, False)
                assert id_of(delivery.body) == event.id

        for waited, delay in zip(waits, [*DELAYS, DELAYS[-1]], strict=True):
            assert delay <= waited < delay + timedelta(seconds=3)

    async def test_a_short_delay_does_not_wait_for_a_long_one(self, house: House) -> None:
        broker, events = await house.broker(), releases(2)
        await broker.publish(events)

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            for delivery in await take(alpha, 2):
                await alpha.retry(delivery)
                await alpha.ack(delivery.tag)
            [slow, quick] = await take(alpha, 2)
            await alpha.retry(slow)
            await alpha.ack(slow.tag)
            await broker.publish([late := release()])
            [delivery] = await take(alpha)
            assert id_of(delivery.body) == late.id
            await alpha.retry(delivery)
            [first, second] = await take(alpha, 2)
        assert [id_of(first.body), id_of(second.body)] == [late.id, id_of(slow.body)]
        assert id_of(quick.body) in ids(events)

    async def test_dead_letters_are_listed_oldest_first_and_stay(self, house: House) -> None:
        broker, events = await house.broker(), releases(3)
        await broker.publish(events)
        async with broker.subscribe("alpha", prefetch=5) as alpha:
            for delivery in await take(alpha, 3):
                await alpha.bury(delivery, "no such customer")
                await alpha.ack(delivery.tag)

        looks = [await broker.dead_letters("alpha", limit=2) for _ in range(3)]
        for letters in looks:
            assert [letter.id for letter in letters] == [str(event.id) for event in events[:2]]
        letter = looks[-1][0]
        assert (letter.queue, letter.type) == ("alpha", "message.released.v1")
        assert letter.reason == "no such customer"
        assert letter.died_at is not None
        assert datetime.now(UTC) - letter.died_at < timedelta(minutes=1)
        assert id_of(letter.body) == events[0].id
        assert await broker.dead_letters("beta") == []

    async def test_a_dead_letter_is_replayed_once_as_if_it_were_new(self, house: House) -> None:
        broker, events = await house.broker(), releases(3)
        await broker.publish(events)
        async with broker.subscribe("alpha", prefetch=5) as alpha:
            for delivery in await take(alpha, 3):
                await alpha.bury(delivery, "bug")
                await alpha.ack(delivery.tag)
            assert await broker.replay("alpha", ids=[str(events[1].id), str(uuid4())]) == 1
            [again] = await take(alpha)
            assert (id_of(again.body), again.attempt) == (events[1].id, 0)
            assert await nothing_comes(alpha)
            assert len(await broker.dead_letters("alpha")) == 2
            assert await broker.replay("alpha") == 2
            rest = await take(alpha, 2)
        assert {id_of(delivery.body) for delivery in rest} == ids(events) - {events[1].id}
        assert await broker.dead_letters("alpha") == []

    async def test_a_replayed_letter_counts_its_attempts_anew(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish([release()])
        async with broker.subscribe("alpha", prefetch=5) as alpha:
            [delivery] = await take(alpha)
            await alpha.retry(delivery)
            await alpha.ack(delivery.tag)
            [delivery] = await take(alpha)
            await alpha.bury(delivery, "bug")
            await alpha.ack(delivery.tag)
            assert await broker.replay("alpha") == 1
            [again] = await take(alpha)
        assert (delivery.attempt, again.attempt) == (1, 0)

    async def test_a_stopped_subscription_hands_out_nothing_and_still_settles(
        self, house: House
    ) -> None:
        broker, events = await house.broker(), releases(4)
        await broker.publish(events)
        async with broker.subscribe("alpha", prefetch=4) as alpha:
            [one, two] = await take(alpha, 2)
            await alpha.stop()
            assert await alpha.next() is None
            assert alpha.ready(5) == []
            await alpha.ack(one.tag)
            await alpha.retry(two)
            await alpha.ack(two.tag)
            async with broker.subscribe("alpha", prefetch=5) as other:
                rest = await take(other, 3)
        assert {id_of(delivery.body) for delivery in rest} == ids(events) - {id_of(one.body)}

    async def test_stopping_ends_a_wait(self, house: House) -> None:
        broker = await house.broker()
        async with broker.subscribe("alpha", prefetch=4) as alpha:
            waiting = asyncio.create_task(alpha.next())
            await asyncio.sleep(0)
            await alpha.stop()
            async with asyncio.timeout(10):
                assert await waiting is None


class TestEmbedded(SettlingContract):
    @pytest.fixture
    def house(self, embedded: EmbeddedHouse) -> House:
        return embedded


@pytest.mark.integration
class TestRabbit(SettlingContract):
    """On the virtual host that every test of RabbitMQ is given."""
