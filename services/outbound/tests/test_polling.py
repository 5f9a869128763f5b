"""What goes on without a delivery."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import MessageAccepted
from handoff_outbound.domain.outcome import Doubtful, NotProcessed

from .world import MESSAGE, TIMING, CrashError, World, attempted, released, until


@pytest.fixture
def world() -> World:
    return World()


async def test_what_twilio_lists_is_found_at_the_first_check(world: World) -> None:
    world.twilio.script, world.twilio.accepts = [Doubtful("ServerDisconnectedError")], [True]
    await world.release()

    await world.poll(after=39)
    assert world.row().state == "doubtful"
    await world.poll(after=1)

    assert world.publisher.types == ["MessageDoubtful", "MessageAccepted"]
    assert world.row().message_sid == world.twilio.list_[0].sid


async def test_a_report_resolves_a_doubt_without_asking_twilio(world: World) -> None:
    world.twilio.script, world.twilio.unreadable = [Doubtful("TimeoutError")], True
    await world.release()

    world.ledger.reports[MESSAGE, 1] = "SM7"
    await world.poll()

    result = world.publisher.events[-1]
    assert isinstance(result, MessageAccepted)
    assert result.message_sid == "SM7"


async def test_a_report_that_comes_days_too_late_still_counts(world: World) -> None:
    world.twilio.script = [Doubtful("TimeoutError")]
    await world.release()
    for after in (40, 50, 90):
        await world.poll(after=after)

    world.ledger.reports[MESSAGE, 1] = "SM7"
    await world.poll(after=3600)

    assert world.publisher.types == ["MessageDoubtful", "MessageDoubtful", "MessageAccepted"]


async def test_twilio_is_asked_a_little_longer_while_its_list_cannot_be_read(
    world: World,
) -> None:
    world.twilio.script, world.twilio.accepts = [Doubtful("TimeoutError")], [True]
    world.twilio.unreadable = True
    await world.release()
    for after in (40, 50, 90, 10):
        await world.poll(after=after)
    assert world.row().state == "doubtful"

    world.twilio.unreadable = False
    await world.poll(after=10)

    assert world.row().state == "accepted"


async def test_a_search_that_dies_is_begun_again_when_its_lease_ends(world: World) -> None:
    world.twilio.script, world.twilio.accepts = [Doubtful("TimeoutError")], [True]
    await world.release()
    world.clock.seconds += 40
    world.ledger.after_commit = [CrashError()]
    [errand] = await world.ledger.errands(1)
    with pytest.raises(CrashError):
        await world.poller.run_errand(errand)
    world.restart()

    await world.poll(after=34)
    assert world.row().state == "doubtful"
    await world.poll(after=1)

    assert world.row().state == "accepted"


async def test_a_conversation_that_somebody_else_holds_is_skipped(world: World) -> None:
    world.twilio.script = [NotProcessed("429")]
    await world.release()

    world.ledger.locked = True
    await world.poll(after=5)
    assert len(world.twilio.posts) == 1
    world.ledger.locked = False
    await world.poll()

    assert len(world.twilio.posts) == 2


async def test_a_result_that_a_crash_left_unpublished_is_published_after_some_seconds(
    world: World,
) -> None:
    world.publisher.faults = [CrashError()]
    with pytest.raises(CrashError):
        await world.release()
    world.restart()

    await world.poll(after=5)
    assert world.publisher.events == []
    await world.poll(after=0.1)
    await world.poll(after=60)

    assert world.publisher.types == ["MessageAccepted"]


async def test_a_published_result_is_not_published_again(world: World) -> None:
    await world.release()

    await world.poll(after=60)
    await world.poll(after=60)

    assert world.publisher.types == ["MessageAccepted"]
    assert not world.row().unpublished


async def test_a_mark_does_not_cover_a_newer_result(world: World) -> None:
    world.twilio.script = [Doubtful("TimeoutError")]
    await world.release()
    accepted = replace(attempted("accepted"), unpublished=True)
    world.ledger.rows[MESSAGE, 1] = accepted

    await world.results.mark()

    assert world.row().unpublished


async def run_until(world: World, condition: Callable[[], bool]) -> None:
    """Run the real loop until something is so."""
    loop = asyncio.create_task(world.poller.run())
    await until(condition)
    world.poller.stop()
    await loop


async def test_the_loop_retries_what_waits_and_ends_when_told_to() -> None:
    world = World(replace(TIMING, poll=TIMING.poll / 50))
    world.twilio.script = [NotProcessed("429")]
    await world.release()
    world.clock.seconds += 2

    await run_until(world, lambda: world.row().state == "accepted")

    assert len(world.twilio.posts) == 2


@pytest.mark.parametrize("fault", [AwayError("broker"), UnroutableError("no queue")])
async def test_the_loop_outlives_a_broker_that_fails(world: World, fault: Exception) -> None:
    world.publisher.faults = [CrashError()]
    with pytest.raises(CrashError):
        await world.release()
    world.restart()
    world.twilio.script = [NotProcessed("429")]
    world.fence(window=(other := uuid4()))
    await world.release(released(message=other))
    world.clock.seconds += 6
    world.publisher.faults = [fault]

    await run_until(world, lambda: len(world.publisher.events) == 2)

    assert world.publisher.types == ["MessageAccepted", "MessageAccepted"]


async def test_an_errand_with_a_bug_rests_and_stops_no_other(world: World) -> None:
    world.twilio.script = [NotProcessed("429"), NotProcessed("429")]
    await world.release()
    world.fence(window=(other := uuid4()))
    await world.release(released(message=other))
    broken = world.ledger.rows[MESSAGE, 1]
    lost = replace(broken, key=broken.key._replace(conversation_id=uuid4()))
    world.ledger.rows[MESSAGE, 1] = lost
    world.clock.seconds += 2

    async with asyncio.TaskGroup() as group:
        await world.poller.round(group)
    async with asyncio.TaskGroup() as group:
        await world.poller.round(group)

    assert [post.key.message_id for post in world.twilio.posts] == [MESSAGE, other, other]
    assert world.ledger.rows[other, 1].state == "accepted"
