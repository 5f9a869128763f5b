"""Somebody moves the business forward: no attempt grows old, and no webhook is forgotten."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from handoff_common.clock import Clock
from handoff_common.database import Database
from handoff_common.tables import METADATA
from handoff_outbound.adapters.restores import remember
from handoff_outbound.adapters.watermarks import DatabaseWatermarks
from handoff_outbound.domain.attempt import doubtful, waiting
from handoff_outbound.domain.restore import Restore
from handoff_outbound.domain.settling import due
from handoff_outbound.domain.sight import Claim, Settle

from .books import Books
from .world import BUSINESS, TIMING

WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def books(tmp_path: Path, clock: Clock) -> AsyncGenerator[Books]:
    database = Database(f"sqlite:///{tmp_path}/handoff.db", clock=clock)
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    yield Books(database, database)
    await database.close()


async def test_a_send_that_is_open_stays_its_workers(books: Books, clock: Clock) -> None:
    release = await books.opened()
    attempt = await books.claimed(release)

    clock.move_to(WEEK)

    assert await books.errands() == set()
    assert (await books.look(release)).now - attempt.claimed_at < TIMING.claim_age


async def test_what_waits_and_what_is_in_doubt_keeps_its_time(books: Books, clock: Clock) -> None:
    one, two = [await books.claimed(await books.opened()) for _ in range(2)]
    await books.settle(waiting(one, one.claimed_at, TIMING.retries[-1]))
    await books.settle(doubtful(two, two.claimed_at, TIMING.checks[0]))
    assert await books.errands() == set()

    clock.move_to(WEEK)

    assert await books.errands() == set()
    assert await books.ledger.unpublished(TIMING.claim_age, 9) == []


async def test_a_jump_makes_old_what_it_finds_queued_and_not_what_is_on_its_way(
    books: Books, clock: Clock
) -> None:
    begun, queued = await books.opened(), await books.opened()
    for release in (begun, queued):
        await books.queued(release, at=clock.now())
    attempt = await books.claimed(begun)
    await books.settle(waiting(attempt, attempt.claimed_at, timedelta(0)))

    clock.move_to(WEEK)

    choose = partial(due, key=attempt.key, claim=uuid4(), timing=TIMING)
    assert isinstance(await books.ledger.decide(attempt.key, choose), Claim)
    late = await books.claim(queued)
    assert isinstance(late, Settle)
    assert late.attempt.state == "refused"


async def test_the_watermark_goes_by_twilios_time(books: Books, clock: Clock) -> None:
    marks = DatabaseWatermarks(books.outbound)
    since, _ = await marks.begin(BUSINESS)

    clock.move_to(WEEK)

    again, now = await marks.begin(BUSINESS)
    assert again == since
    assert now - since < timedelta(hours=1)
    assert marks.ahead == WEEK


async def test_what_was_queued_before_a_restore_is_not_sent_because_of_a_jump(
    books: Books, clock: Clock
) -> None:
    clock.move_to(WEEK)
    release = await books.opened()
    await books.queued(release, at=clock.now() - timedelta(hours=1))
    await remember(books.outbound, Restore(clock.machine_now(), clock.machine_now()))

    assert isinstance(await books.claim(release), Settle)
