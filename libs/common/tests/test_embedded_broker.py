"""What only the embedded broker has: a file that others write to, a head in memory, a journal."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from handoff_common.database import Database
from handoff_common.errors import AwayError
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.embedded import create_tables
from handoff_common.messaging.embedded.lane import Lane
from handoff_common.messaging.embedded.store import Event, Store, Waiting
from handoff_common.testing.brokers import (
    EmbeddedHouse,
    changed,
    id_of,
    ids,
    release,
    releases,
    take,
)


@pytest.fixture
def house(embedded: EmbeddedHouse) -> EmbeddedHouse:
    return embedded


@pytest.fixture
async def database(house: EmbeddedHouse) -> AsyncGenerator[Database]:
    """Open the broker's file beside it."""
    database = Database(house.url)
    await create_tables(database)
    yield database
    await database.close()


async def test_what_another_process_publishes_or_replays_is_noticed(house: EmbeddedHouse) -> None:
    consuming, command_line = await house.broker(), await house.broker()
    async with consuming.subscribe("alpha", prefetch=5) as alpha:
        await consuming.publish([first := release()])
        [delivery] = await take(alpha)
        await alpha.bury(delivery, "bug")
        await alpha.ack(delivery.tag)
        await command_line.publish(others := releases(2))
        assert await command_line.replay("alpha") == 1
        await consuming.publish([last := release()])
        taken = await take(alpha, 4)
    assert {id_of(each.body) for each in taken} == ids([first, *others, last])
    assert not any(each.redelivered for each in taken)


async def test_only_what_may_have_been_handed_out_counts_as_redelivered(
    house: EmbeddedHouse,
) -> None:
    dying = await house.broker()
    await dying.publish(releases(600))
    async with dying.subscribe("alpha", prefetch=3) as alpha:
        held = await take(alpha, 3)
    await dying.close()

    broker = await house.broker()
    await broker.publish([release()])
    async with broker.subscribe("alpha", prefetch=700) as alpha:
        again = await take(alpha, 601)
    assert [each.body for each in again[:3]] == [each.body for each in held]
    assert all(each.redelivered for each in again[:3])
    assert 3 <= sum(each.redelivered for each in again) < 400
    assert not again[-1].redelivered


async def test_concurrent_changes_are_committed_together_and_none_is_lost(
    house: EmbeddedHouse,
) -> None:
    broker, events = await house.broker(), releases(300)
    await asyncio.gather(*(broker.publish([event]) for event in events))
    async with broker.subscribe("alpha", prefetch=300) as alpha:
        taken = await take(alpha, 300)
        await asyncio.gather(*(alpha.ack(delivery.tag) for delivery in taken))
    assert {id_of(each.body) for each in taken} == ids(events)
    assert await broker.depth("alpha") == 0


async def test_a_publisher_that_is_cancelled_harms_nobody(house: EmbeddedHouse) -> None:
    broker = await house.broker()
    cancelled = asyncio.create_task(broker.publish([maybe := release()]))
    beside = asyncio.create_task(broker.publish([event := release()]))
    await asyncio.sleep(0)
    cancelled.cancel()
    await beside
    async with broker.subscribe("alpha", prefetch=5) as alpha:
        taken = await take(alpha, 2)
    assert {id_of(each.body) for each in taken} == {maybe.id, event.id}


async def test_an_ack_that_is_cancelled_is_done_all_the_same(house: EmbeddedHouse) -> None:
    broker = await house.broker()
    await broker.publish([release()])
    async with broker.subscribe("alpha", prefetch=5) as alpha:
        [delivery] = await take(alpha)
        ack = asyncio.create_task(alpha.ack(delivery.tag))
        await asyncio.sleep(0)
        ack.cancel()
    await broker.close()
    assert await broker.depth("alpha") == 0


async def test_a_file_that_stays_locked_is_away_until_it_is_free(
    house: EmbeddedHouse, database: Database
) -> None:
    broker = await house.broker()
    await broker.publish([release()])
    async with broker.subscribe("alpha", prefetch=5) as alpha:
        [held] = await take(alpha)
        async with database.write():
            outcomes = await asyncio.gather(
                broker.publish([release()]), alpha.ack(held.tag), return_exceptions=True
            )
        assert [type(outcome) for outcome in outcomes] == [AwayError, AwayError]
        await alpha.ack(held.tag)
    assert await broker.depth("alpha") == 0


async def test_a_consumer_learns_that_its_file_is_broken(
    house: EmbeddedHouse, database: Database
) -> None:
    broker = await house.broker()
    await broker.publish([release()])
    async with broker.subscribe("alpha", prefetch=5) as alpha:
        [held] = await take(alpha)
        await _rename(database, "embedded_delayed", "gone")
        with capture_logs() as logs, pytest.raises(AwayError):
            await alpha.next()
        assert [each["event"] for each in logs] == ["keeper.crashed"]
        with pytest.raises(AwayError):
            await alpha.ack(held.tag)
        assert alpha.ready(5) == []

    await _rename(database, "gone", "embedded_delayed")
    async with broker.subscribe("alpha", prefetch=5) as alpha:
        [again] = await take(alpha)
    assert (again.body, again.redelivered) == (held.body, True)


async def _rename(database: Database, old: str, new: str) -> None:
    async with database.write() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_a_closed_broker_takes_nothing(house: EmbeddedHouse) -> None:
    broker = await house.broker()
    await broker.close()
    with pytest.raises(AwayError, match="closed"):
        await broker.publish([release()])


def test_a_lane_holds_no_more_than_it_may() -> None:
    lane = Lane("alpha", mark=10_000, ahead=4, emptied=lambda: None)
    event = Event("alpha", "1", "t", b"")
    lane.loading()
    lane.loaded([], all_of_them=True)
    for number in range(1, 10):
        lane.offer(Waiting(number, event))
    assert [held.waiting.number for held in lane.take(100)] == [1, 2, 3, 4]
    assert lane.wanted == 4
    assert lane.cursor == 4


def test_what_is_committed_while_a_lane_loads_is_neither_lost_nor_doubled() -> None:
    lane = Lane("alpha", mark=10_000, ahead=10, emptied=lambda: None)
    one, two = (Waiting(number, Event("alpha", "1", "t", b"")) for number in (1, 2))
    lane.loading()
    lane.offer(two)
    lane.loaded([one, two], all_of_them=True)
    lane.offer(two)
    assert lane.wanted
    lane.loading()
    lane.loaded([], all_of_them=True)
    assert not lane.wanted
    assert [held.waiting.number for held in lane.take(100)] == [1, 2]


def test_a_lane_that_has_loaded_an_event_does_not_take_it_once_more() -> None:
    lane = Lane("alpha", mark=10_000, ahead=10, emptied=lambda: None)
    one = Waiting(1, Event("alpha", "1", "t", b""))
    lane.loading()
    lane.loaded([one], all_of_them=True)
    lane.offer(one)  # its commit is told later than it was read
    assert len(lane.take(100)) == 1


def test_what_is_given_back_is_handed_out_first() -> None:
    lane = Lane("alpha", mark=0, ahead=10, emptied=lambda: None)
    lane.marked(3)
    lane.loading()
    lane.loaded([Waiting(n, Event("alpha", "1", "t", b"")) for n in (1, 2, 3)], all_of_them=True)
    lane.give_back(lane.take(2))
    again = lane.take(3)
    assert [(held.waiting.number, held.redelivered) for held in again] == [
        (1, True),
        (2, True),
        (3, False),
    ]


async def test_a_mark_never_goes_back(database: Database) -> None:
    store = Store(database)
    await store.set_mark("alpha", 10)
    await store.set_mark("alpha", 5)
    assert await store.mark("alpha") == 10


async def test_closing_commits_what_waits(house: EmbeddedHouse) -> None:
    broker = await house.broker()
    publishing = asyncio.create_task(broker.publish([release()]))
    await asyncio.sleep(0)
    await broker.close()
    assert await broker.depth("alpha") == 1
    await publishing


async def test_a_listener_that_is_too_slow_loses_the_oldest_hints(house: EmbeddedHouse) -> None:
    broker = await house.broker()
    hints = [changed() for _ in range(1003)]
    async with broker.listen(type(hints[0])) as slow:
        await broker.hint(hints)
        assert id_of(await slow.next()) == hints[3].id
    for _ in range(999):
        await slow.next()
    with pytest.raises(AwayError):
        await slow.next()


async def test_arrivals_wake_every_reader_that_has_something_to_learn() -> None:
    arrivals: Arrivals[int] = Arrivals()
    readers = [asyncio.create_task(arrivals.next()) for _ in range(3)]
    await asyncio.sleep(0)
    arrivals.put(1)
    arrivals.end()
    assert await asyncio.gather(*readers) == [1, None, None]
