"""Claim, POST, record; and a crash between any two of them."""

from uuid import uuid4

import pytest

from handoff_common.errors import AwayError, TransientError
from handoff_common.events import MessageAccepted, MessageDoubtful, MessageRefused
from handoff_outbound.domain.attempt import unknown
from handoff_outbound.domain.outcome import Doubtful, NotProcessed, Refused

from .world import EPOCH, MESSAGE, START, TRACE, CrashError, World, released


@pytest.fixture
def world() -> World:
    return World()


async def test_a_released_message_is_sent_once_and_its_acceptance_is_published(
    world: World,
) -> None:
    await world.release()

    [result] = world.publisher.events
    assert isinstance(result, MessageAccepted)
    assert (result.message_id, result.attempt, result.trace) == (MESSAGE, 1, TRACE)
    assert result.message_sid == world.row().message_sid
    assert len(world.twilio.posts) == 1
    assert world.row().state == "accepted"


async def test_a_redelivery_publishes_the_same_result_and_sends_nothing(world: World) -> None:
    await world.release()
    await world.release()

    assert world.publisher.events[0] == world.publisher.events[1]
    assert len(world.twilio.posts) == 1


async def test_a_refusal_is_final(world: World) -> None:
    world.twilio.script = [Refused(21211, "endereço inválido")]

    await world.release()

    [result] = world.publisher.events
    assert isinstance(result, MessageRefused)
    assert (result.code, result.reason) == (21211, "endereço inválido")
    assert world.row().next_at is None


async def test_what_was_not_processed_is_sent_again_by_the_poller(world: World) -> None:
    world.twilio.script = [NotProcessed("429"), NotProcessed("429")]

    await world.release()
    assert world.row().state == "waiting"
    await world.poll(after=0.9)
    assert len(world.twilio.posts) == 1
    await world.poll(after=0.2)
    await world.poll(after=2.1)

    assert len(world.twilio.posts) == 3
    assert len({post.claim for post in world.twilio.posts}) == 3
    assert world.publisher.types == ["MessageAccepted"]


async def test_a_retry_does_not_start_after_a_takeover(world: World) -> None:
    world.twilio.script = [NotProcessed("429")]
    await world.release()

    world.fence(epoch=EPOCH + 1)
    await world.poll(after=2)

    assert len(world.twilio.posts) == 1
    assert world.publisher.types == ["MessageSuperseded"]


async def test_a_takeover_during_the_post_supersedes_what_was_not_processed(world: World) -> None:
    world.twilio.script = [NotProcessed("429")]
    world.twilio.meanwhile = lambda: world.fence(epoch=EPOCH + 1)

    await world.release()

    assert world.publisher.types == ["MessageSuperseded"]


async def test_an_answer_that_never_came_is_doubtful_and_never_sent_again(world: World) -> None:
    world.twilio.script = [Doubtful("TimeoutError")]

    await world.release()
    await world.release()
    for at in (40, 50, 90, 20):
        await world.poll(after=at)

    assert len(world.twilio.posts) == 1
    [young, again, old] = world.publisher.events
    assert isinstance(young, MessageDoubtful)
    assert isinstance(old, MessageDoubtful)
    assert young == again
    assert (young.last, old.last) == (False, True)
    assert young.id != old.id
    assert world.row().state == "unknown"


async def test_a_claim_that_has_grown_old_is_not_posted(world: World) -> None:
    world.ledger.commit_seconds = 5

    await world.release()

    assert world.twilio.posts == []
    assert world.row().state == "waiting"
    world.ledger.commit_seconds = 0
    await world.poll(after=1)
    assert len(world.twilio.posts) == 1


async def test_a_crash_between_claim_and_post_ends_as_unknown_without_a_second_claim(
    world: World,
) -> None:
    world.ledger.after_commit = [CrashError()]
    with pytest.raises(CrashError):
        await world.release()
    world.restart()

    await world.release()  # the redelivery
    assert world.row().state == "submitting"
    for after in (35, 5, 50, 90):
        await world.poll(after=after)

    assert world.twilio.posts == []
    assert world.publisher.types == ["MessageDoubtful", "MessageDoubtful"]
    assert world.row().state == "unknown"


@pytest.mark.parametrize("point", ["during the POST", "before recording", "after recording"])
async def test_a_crash_after_twilio_accepted_ends_as_accepted(world: World, point: str) -> None:
    match point:
        case "during the POST":
            world.twilio.script, world.twilio.accepts = [CrashError()], [True]
        case "before recording":
            world.ledger.before_commit = [None, CrashError()]
        case _:
            world.ledger.after_commit = [None, CrashError()]
    with pytest.raises(CrashError):
        await world.release()
    world.restart()

    await world.release()  # the redelivery
    for after in (35, 5, 1):
        await world.poll(after=after)

    assert len(world.twilio.posts) == 1
    assert world.row().state == "accepted"
    assert world.row().message_sid == world.twilio.list_[0].sid
    assert world.publisher.types[-1] == "MessageAccepted"


@pytest.mark.parametrize("was_committed", [True, False])
async def test_losing_the_database_at_the_claim_costs_no_doubt(
    world: World, *, was_committed: bool
) -> None:
    faults = world.ledger.after_commit if was_committed else world.ledger.before_commit
    faults.append(AwayError("restarting"))

    await world.release()

    assert len(world.twilio.posts) == 1
    assert world.publisher.types == ["MessageAccepted"]


@pytest.mark.parametrize("was_committed", [True, False])
async def test_losing_the_database_after_the_post_does_not_lose_the_answer(
    world: World, *, was_committed: bool
) -> None:
    faults = world.ledger.after_commit if was_committed else world.ledger.before_commit
    faults.extend([None, AwayError("restarting")])

    await world.release()

    assert len(world.twilio.posts) == 1
    assert world.row().state == "accepted"
    await world.poll(after=6)
    assert world.publisher.types == ["MessageAccepted"]


async def test_a_late_answer_corrects_what_the_poller_called_unknown(world: World) -> None:
    def poller_gives_up() -> None:
        world.ledger.rows[MESSAGE, 1] = unknown(world.row(), START)

    world.twilio.meanwhile = poller_gives_up

    await world.release()

    assert world.publisher.types == ["MessageAccepted"]


async def test_the_next_attempt_comes_again_while_the_first_is_open(world: World) -> None:
    world.twilio.script = [Doubtful("TimeoutError")]
    await world.release()

    with pytest.raises(TransientError):
        await world.release(released(attempt=2, automatic=False))
    assert len(world.twilio.posts) == 1


async def test_an_operators_next_attempt_is_not_sent_if_the_first_was_accepted_after_all(
    world: World,
) -> None:
    world.twilio.script = [Doubtful("TimeoutError")]
    await world.release(released(automatic=False))
    for after in (40, 50, 90):
        await world.poll(after=after)
    assert world.row().state == "unknown"

    world.ledger.reports[MESSAGE, 1] = "SM1"
    await world.release(released(attempt=2, automatic=False))

    assert len(world.twilio.posts) == 1
    assert world.row(2).state == "accepted"
    assert world.row(2).message_sid == "SM1"


async def test_a_release_that_the_router_has_given_up_does_nothing(world: World) -> None:
    world.fence(window=uuid4())

    await world.release()

    assert world.twilio.posts == []
    assert world.ledger.rows == {}
    assert world.publisher.events == []


async def test_a_result_that_could_not_be_published_is_published_by_the_redelivery(
    world: World,
) -> None:
    world.publisher.faults = [AwayError("broker")]
    with pytest.raises(AwayError):
        await world.release()

    await world.release()

    assert world.publisher.types == ["MessageAccepted"]
    assert len(world.twilio.posts) == 1
    assert world.row().claimed_at == START
