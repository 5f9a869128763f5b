"""After a restore: what a backup holds may have been sent since, so Twilio is asked first."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from handoff_outbound.adapters.restores import remember
from handoff_outbound.domain.attempt import Attempt, forgotten
from handoff_outbound.domain.claiming import again, first
from handoff_outbound.domain.outcome import NotProcessed
from handoff_outbound.domain.restore import Restore, lost_time
from handoff_outbound.domain.sight import Claim, Fence, Settle, Sight

from .books import Books
from .world import EPOCH, START, TIMING, World, attempted, listed, released, sight

HOUR = timedelta(hours=1)
TAKEN, RESTORED = START + HOUR, START + 3 * HOUR
LOST = Restore(TAKEN, RESTORED)
CLAIM = uuid4()


def after_restore(*attempts: Attempt, queued: timedelta = timedelta(0)) -> Sight:
    """Return what is seen a minute after the restore of a message queued then."""
    seen = sight(*attempts, after=3 * 3600 + 60)
    return replace(seen, restores=(LOST,), queued_at=START + queued)


def test_what_was_seen_after_the_restore_is_as_it_seems() -> None:
    assert lost_time([LOST], [START, RESTORED]) is None
    assert lost_time([], [START]) is None
    assert lost_time([LOST], [None]) is None


def test_restores_in_a_row_are_searched_from_the_earliest_backup_on() -> None:
    second = Restore(RESTORED + HOUR, RESTORED + 2 * HOUR)
    assert lost_time([LOST, second], [START]) == Restore(TAKEN, second.restored_at)
    assert lost_time([LOST, second], [RESTORED]) == second


@pytest.mark.parametrize("automatic", [True, False])
def test_a_message_from_before_the_restore_starts_in_doubt(*, automatic: bool) -> None:
    verdict = first(after_restore(), released(automatic=automatic), CLAIM, TIMING)
    assert isinstance(verdict, Settle)
    row = verdict.attempt
    assert (row.state, row.claimed_at, row.unpublished) == ("doubtful", TAKEN, True)
    assert row.next_at == RESTORED + TIMING.checks[-1]


def test_the_fence_does_not_say_that_it_was_never_sent() -> None:
    moved = replace(after_restore(), fence=Fence(EPOCH + 1, released().message_id))
    verdict = first(moved, released(), CLAIM, TIMING)
    assert isinstance(verdict, Settle)
    assert verdict.attempt.state == "doubtful"


def test_a_message_that_was_queued_since_is_sent() -> None:
    verdict = first(after_restore(queued=4 * HOUR), released(), CLAIM, TIMING)
    assert isinstance(verdict, Claim)


def test_a_retry_from_before_the_restore_is_not_made_and_a_later_one_is() -> None:
    row = replace(attempted("waiting"), next_at=START)
    verdict = again(after_restore(row), row, CLAIM, TIMING)
    assert isinstance(verdict, Settle)
    assert verdict.attempt.state == "doubtful"
    since = replace(row, created_at=RESTORED, updated_at=RESTORED + timedelta(seconds=1))
    assert isinstance(again(after_restore(since), since, CLAIM, TIMING), Claim)


def test_its_author_may_have_it_sent_again_once_the_list_was_searched() -> None:
    searched = replace(attempted("unknown"), updated_at=RESTORED + timedelta(minutes=4))
    release = released(attempt=2, automatic=False)
    assert isinstance(first(after_restore(searched), release, CLAIM, TIMING), Claim)
    decided_before = replace(attempted("unknown"), updated_at=START)
    assert isinstance(first(after_restore(decided_before), release, CLAIM, TIMING), Settle)


def test_a_search_that_comes_late_is_due_at_once() -> None:
    late = RESTORED + HOUR
    assert forgotten(attempted(), LOST, late, TIMING.checks[-1]).next_at == late


def restored(world: World) -> None:
    """Put the world's ledger back to what it was at its clock, three hours ago."""
    world.clock.seconds += 3 * 3600
    world.ledger.restores = (Restore(START, world.clock.now),)
    world.ledger.queued_at = START
    world.restart()


@pytest.mark.parametrize("was_sent", [True, False])
async def test_the_poller_finds_in_the_list_what_was_sent_and_sends_nothing(
    *, was_sent: bool
) -> None:
    world = World()
    world.twilio.script.append(NotProcessed("429"))
    await world.release()
    assert world.row().state == "waiting"
    if was_sent:
        world.twilio.list_.append(listed("SM1", 3600))
    restored(world)
    posts = len(world.twilio.posts)
    await world.poll()
    assert world.row().state == "doubtful"
    await world.poll(after=TIMING.checks[-1].total_seconds())
    assert world.row().state == ("accepted" if was_sent else "unknown")
    assert len(world.twilio.posts) == posts
    assert world.publisher.types[-1] == ("MessageAccepted" if was_sent else "MessageDoubtful")


class Remembering:
    """The same on both databases."""

    async def test_restores_are_remembered_for_the_next_start(self, books: Books) -> None:
        release = await books.opened()
        await books.queued(release)
        before = await books.look(release)
        assert list(before.restores) == []
        await remember(books.outbound, LOST)
        await remember(books.outbound, LOST)
        after = await books.look(release)
        assert (list(after.restores), after.queued_at) == ([LOST], START)
        assert isinstance(await books.claim(release), Settle)


class TestRememberingOnSqlite(Remembering):
    @pytest.fixture
    def books(self, in_sqlite: Books) -> Books:
        return in_sqlite


@pytest.mark.integration
class TestRememberingOnPostgres(Remembering):
    @pytest.fixture
    def books(self, in_postgres: Books) -> Books:
        return in_postgres
