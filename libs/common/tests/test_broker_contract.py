"""What both brokers promise, first part: publishing, delivering, asking, telling."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from handoff_common.errors import UnroutableError
from handoff_common.events import ConversationChanged, TimerFired
from handoff_common.testing.brokers import (
    EmbeddedHouse,
    House,
    answer_to,
    answered,
    changed,
    claim,
    heard_until_killed,
    id_of,
    ids,
    nothing_comes,
    release,
    releases,
    take,
    timer,
    until,
)


class DeliveryContract:
    async def test_an_event_reaches_every_queue_that_wants_it(self, house: House) -> None:
        broker, event = await house.broker(), timer()

        await broker.publish([event])

        async with (
            broker.subscribe("alpha", prefetch=5) as alpha,
            broker.subscribe("beta", prefetch=5) as beta,
        ):
            [there], [here] = await take(alpha), await take(beta)
        assert (there.queue, here.queue) == ("alpha", "beta")
        assert TimerFired.model_validate_json(there.body) == event
        assert (here.type, here.attempt, here.redelivered) == ("timer.fired.v1", 0, False)
        assert here.body == there.body

    async def test_an_event_that_nobody_wants_is_an_error_and_nothing_of_it_arrives(
        self, house: House
    ) -> None:
        broker = await house.broker()

        with pytest.raises(UnroutableError, match=r"conversation\.changed\.v1"):
            await broker.publish([release(), changed()])

        async with broker.subscribe("alpha", prefetch=5) as alpha:
            assert await nothing_comes(alpha)

    async def test_a_hint_may_find_nobody(self, house: House) -> None:
        broker = await house.broker()
        await broker.hint([changed()])

    async def test_a_hint_reaches_every_instance_that_listens_for_its_type(
        self, house: House
    ) -> None:
        broker, hint = await house.broker(), changed()

        async with (
            broker.listen(ConversationChanged) as one,
            broker.listen(ConversationChanged, TimerFired) as other,
            broker.listen(TimerFired) as third,
        ):
            await broker.hint([hint, timer()])
            async with asyncio.timeout(10):
                heard = [id_of(await each.next()) for each in (one, other)]
                assert id_of(await third.next()) != hint.id
        assert heard == [hint.id, hint.id]

    async def test_what_a_killed_consumer_held_comes_again(self, house: House) -> None:
        broker, events = await house.broker(), releases(2)
        await broker.publish(events)
        held = await heard_until_killed(await house.process("alpha"), 2)

        async with (await house.broker()).subscribe("alpha", prefetch=5) as alpha:
            again = await take(alpha, 2)
        assert {id_of(delivery.body) for delivery in again} == set(held) == ids(events)
        assert all(delivery.redelivered for delivery in again)

    async def test_what_was_confirmed_survives_a_kill_of_its_publisher(self, house: House) -> None:
        broker = await house.broker()
        confirmed = await heard_until_killed(await house.process("publish"), 60)

        there: set[UUID] = set()
        async with broker.subscribe("alpha", prefetch=500) as alpha:
            async with asyncio.timeout(10):
                while not there.issuperset(confirmed):
                    there |= {id_of(delivery.body) for delivery in await take(alpha)}

    async def test_competing_consumers_share_and_each_event_goes_to_one(self, house: House) -> None:
        broker, events = await house.broker(), releases(4)
        async with (
            broker.subscribe("alpha", prefetch=2) as one,
            broker.subscribe("alpha", prefetch=2) as other,
        ):
            await broker.publish(events)
            taken = [*await take(one, 2), *await take(other, 2)]
        assert {id_of(delivery.body) for delivery in taken} == ids(events)

    async def test_no_more_is_handed_out_than_the_prefetch_allows(self, house: House) -> None:
        broker = await house.broker()
        await broker.publish(releases(5))

        async def waiting() -> int:
            return await broker.depth("alpha")

        async with broker.subscribe("alpha", prefetch=2) as alpha:
            [first, _] = await take(alpha, 2)
            assert await nothing_comes(alpha)
            assert alpha.ready(10) == []
            await until(waiting, 3)
            await alpha.ack(first.tag)
            await take(alpha)
            assert await nothing_comes(alpha)

    async def test_a_backlog_larger_than_any_buffer_comes_whole(self, house: House) -> None:
        broker, events = await house.broker(), releases(700)
        await broker.publish(events)
        seen: set[UUID] = set()
        async with broker.subscribe("alpha", prefetch=64) as alpha:
            while len(seen) < 700:
                batch = [*await take(alpha), *alpha.ready(63)]
                assert len(batch) <= 64
                seen |= {id_of(delivery.body) for delivery in batch}
                await alpha.ack(batch[-1].tag, multiple=True)
        assert seen == ids(events)

    async def test_a_request_is_answered(self, house: House) -> None:
        broker, command = await house.broker(), claim()
        answer = await answered(command, asking=broker, serving=broker)
        assert answer.command_id == command.id

    async def test_a_request_that_nobody_answers_in_time_ends_and_stays_published(
        self, house: House
    ) -> None:
        broker, command = await house.broker(), claim()

        assert await broker.request(command, timeout=timedelta(milliseconds=100)) is None

        async with broker.subscribe("beta", prefetch=1) as beta:
            [delivery] = await take(beta)
            await broker.reply(delivery, answer_to(command.id))  # nobody waits any more
        assert id_of(delivery.body) == command.id

    async def test_a_queue_of_another_name_is_a_mistake(self, house: House) -> None:
        broker = await house.broker()
        with pytest.raises(ValueError, match="gamma"):
            async with broker.subscribe("gamma", prefetch=1):
                pass

    async def test_it_says_that_it_works(self, house: House) -> None:
        await (await house.broker()).ping()


class TestEmbedded(DeliveryContract):
    @pytest.fixture
    def house(self, embedded: EmbeddedHouse) -> House:
        return embedded


@pytest.mark.integration
class TestRabbit(DeliveryContract):
    """On the virtual host that every test of RabbitMQ is given."""
