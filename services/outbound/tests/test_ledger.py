"""The ledger in a real database: the same promises on SQLite and on PostgreSQL."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from handoff_common.database import table_of
from handoff_common.events import MessageAccepted, MessageReleased
from handoff_common.tables import MessageRow
from handoff_outbound.adapters.ledger import LedgerConflictError
from handoff_outbound.adapters.watermarks import DatabaseWatermarks
from handoff_outbound.domain.attempt import Attempt, accepted, doubtful, key_of, refused, waiting
from handoff_outbound.domain.outcome import Accepted
from handoff_outbound.domain.settling import due, recorded
from handoff_outbound.domain.sight import Claim, Leave, Repeat, Settle, Sight, Verdict

from .books import CONVERSATIONS, Books
from .world import START, TIMING, released

ZERO = timedelta(0)


class LedgerContract:
    async def test_a_claim_is_stored_before_anything_else_happens(self, books: Books) -> None:
        release = await books.opened()

        attempt = await books.claimed(release)

        sight = await books.look(release)
        assert sight.attempts == {1: attempt}
        assert attempt.next_at == attempt.claimed_at + TIMING.orphaned
        assert abs(sight.now - attempt.claimed_at) < timedelta(seconds=10)
        assert await books.claim(release) == Leave()

    async def test_what_is_stored_is_read_again_as_it_was(self, books: Books) -> None:
        release = await books.opened(automatic=False, text="Olá 👋\nTudo bem?")
        attempt = await books.claimed(release)
        stored = replace(accepted(attempt, "SM1", attempt.claimed_at), code=7, checks=2)

        await books.settle(stored)

        assert (await books.look(release)).attempts == {1: stored}
        assert isinstance(stored.result, MessageAccepted)
        assert await books.claim(release) == Repeat(stored)

    async def test_reports_are_seen_by_attempt(self, books: Books) -> None:
        release = await books.opened()
        await books.report(release, "SM1")
        await books.report(release.model_copy(update={"attempt": 2}), "SM2")

        assert (await books.look(release)).reports == {1: "SM1", 2: "SM2"}

    async def test_a_conversation_that_does_not_exist_is_an_error(self, books: Books) -> None:
        with pytest.raises(LookupError):
            await books.claim(released(conversation=uuid4()))

    async def test_a_decision_that_fails_stores_nothing(self, books: Books) -> None:
        release = await books.opened()

        def fails(_: Sight) -> Verdict:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await books.ledger.decide(key_of(release), fails)
        assert (await books.look(release)).attempts == {}

    async def test_a_row_that_changed_without_the_lock_is_not_overwritten(
        self, books: Books
    ) -> None:
        release = await books.opened()
        attempt = await books.claimed(release)

        def changes_what_it_did_not_see(sight: Sight) -> Verdict:
            assert isinstance(sight.attempts, dict)
            sight.attempts[1] = replace(attempt, claim=uuid4())
            return Settle(accepted(attempt, "SM1", START))

        with pytest.raises(LedgerConflictError):
            await books.ledger.decide(key_of(release), changes_what_it_did_not_see)

    async def test_the_owners_of_listed_sids_and_the_unresolved_are_seen(
        self, books: Books
    ) -> None:
        mine, owner, stranger = [await books.opened() for _ in range(3)]
        unresolved = mine.model_copy(update={"message_id": uuid4()})
        settled = mine.model_copy(update={"message_id": uuid4()})
        rows: list[Attempt] = []
        for release, sid in ((unresolved, ""), (settled, "SM0"), (owner, "SM1"), (stranger, "")):
            await books.hold(release)
            row = await books.claimed(release)
            rows.append(accepted(row, sid, START) if sid else row)
            await books.settle(rows[-1])
        await books.hold(mine)
        await books.claimed(mine)

        found = (await books.look(mine, listed=("SM1", "SM2"))).others

        assert {row.key.message_id for row in found} == {unresolved.message_id, owner.message_id}
        assert (await books.look(mine)).others == []

    async def test_what_is_due_is_an_errand_and_what_is_not_is_none(self, books: Books) -> None:
        past, future, ended = [await books.claimed(await books.opened()) for _ in range(3)]
        now = past.claimed_at
        await books.settle(waiting(past, now, -timedelta(seconds=1)))
        await books.settle(waiting(future, now, timedelta(hours=1)))
        await books.settle(accepted(ended, "SM1", now))

        found = await books.errands()

        assert past.key.message_id in found
        assert not {future.key.message_id, ended.key.message_id} & found

    async def test_what_waits_for_our_configuration_is_counted_by_code(self, books: Books) -> None:
        known = await books.ledger.refusals()
        one, two, other, ended = [await books.claimed(await books.opened()) for _ in range(4)]
        for row, code in ((one, 63007), (two, 63007), (other, None)):
            await books.settle(replace(waiting(row, row.claimed_at, ZERO), code=code))
        await books.settle(refused(ended, 63007, "", ended.claimed_at))

        assert dict(await books.ledger.refusals()) == {**known, 63007: 2}

    async def test_it_is_seen_since_when_and_until_when_a_message_can_be_said(
        self, books: Books
    ) -> None:
        release = await books.opened()
        blank = await books.look(release)
        await books.queued(release, at=START)
        await books.wrote(release, at=START + timedelta(hours=1))

        seen = await books.look(release)

        assert (blank.queued_at, blank.closes_at) == (None, None)
        assert (seen.queued_at, seen.closes_at) == (START, START + timedelta(hours=25))

    async def test_a_report_makes_an_errand_of_what_is_unresolved(self, books: Books) -> None:
        release, other = await books.opened(), await books.opened()
        for each in (release, other):
            attempt = await books.claimed(each)
            await books.settle(doubtful(attempt, attempt.claimed_at, timedelta(hours=1)))
        assert not {release.message_id, other.message_id} & await books.errands()

        await books.report(release, "SM1")

        assert release.message_id in await books.errands()
        assert other.message_id not in await books.errands()
        choose = partial(due, key=key_of(release), claim=uuid4(), timing=TIMING)
        verdict = await books.ledger.decide(key_of(release), choose)
        assert isinstance(verdict, Settle)
        assert verdict.attempt.message_sid == "SM1"

    async def test_a_result_stays_unpublished_until_it_is_marked(self, books: Books) -> None:
        attempt = await books.claimed(await books.opened())
        young = doubtful(attempt, attempt.claimed_at, TIMING.checks[0])
        await books.settle(young)
        assert [row.key for row in await books.ledger.unpublished(-timedelta(hours=1), 9)] == [
            attempt.key
        ]
        assert await books.ledger.unpublished(timedelta(hours=1), 9) == []

        better = accepted(young, "SM1", attempt.claimed_at)
        await books.settle(better)
        await books.ledger.mark_published([young])  # the older result's mark comes late
        assert await books.ledger.unpublished(-timedelta(hours=1), 9) == [better]
        await books.ledger.mark_published([better])
        assert await books.ledger.unpublished(-timedelta(hours=1), 9) == []
        await books.ledger.mark_published([])

    async def test_a_takeover_and_a_claim_at_once_have_one_order(self, books: Books) -> None:
        """200 races: a claim that was committed saw the epoch that it names."""
        releases = [await books.opened() for _ in range(200)]
        outcomes = {"claimed": 0, "superseded": 0}

        async def race(release: MessageReleased) -> None:
            async def claim() -> Verdict:
                await asyncio.sleep(secrets.randbelow(6) / 1000)
                return await books.claim(release)

            async def take_over() -> bool:
                await asyncio.sleep(secrets.randbelow(6) / 1000)
                return await books.take_over(release)

            verdict, saw_open = await asyncio.gather(claim(), take_over())
            if isinstance(verdict, Claim):
                assert saw_open, "claimed under an old epoch"
                outcomes["claimed"] += 1
            else:
                assert isinstance(verdict, Settle)
                assert verdict.attempt.state == "superseded"
                assert not saw_open
                outcomes["superseded"] += 1

        for start in range(0, 200, 8):
            await asyncio.gather(*(race(release) for release in releases[start : start + 8]))
        assert min(outcomes.values()) > 0, outcomes

    async def test_two_deliveries_at_once_make_one_claim(self, books: Books) -> None:
        for _ in range(20):
            release = await books.opened()

            verdicts = await asyncio.gather(*(books.claim(release) for _ in range(4)))

            assert sum(isinstance(verdict, Claim) for verdict in verdicts) == 1
            assert verdicts.count(Leave()) == 3

    async def test_the_answer_of_a_post_is_recorded(self, books: Books) -> None:
        release = await books.opened()
        attempt = await books.claimed(release)
        known = {"outcome": Accepted("SM1"), "pause": ZERO, "timing": TIMING}

        await books.ledger.decide(attempt.key, partial(recorded, posted=attempt, **known))

        row = (await books.look(release)).attempts[1]
        assert (row.state, row.message_sid, row.unpublished) == ("accepted", "SM1", True)

    async def test_the_watermark_begins_now_and_never_goes_back(self, books: Books) -> None:
        watermarks = DatabaseWatermarks(books.outbound)
        business = f"whatsapp:+{uuid4().int}"

        since, now = await watermarks.begin(business)
        assert since == now
        await watermarks.move(business, now + timedelta(seconds=9))
        await watermarks.move(business, now)

        again, later = await watermarks.begin(business)
        assert again == now + timedelta(seconds=9)
        assert later >= now

    async def test_sids_of_known_messages_are_known(self, books: Books) -> None:
        release = await books.opened()
        row = MessageRow(
            id=uuid4(),
            conversation_id=release.conversation_id,
            seq=1,
            author="customer",
            text="Oi",
            message_sid=(sid := f"SM{uuid4().hex}"),
            created_at=START,
            status="received",
        )
        async with books.owner.write() as connection:
            await connection.execute(table_of(MessageRow).insert().values(row.model_dump()))

        assert await DatabaseWatermarks(books.outbound).unknown({sid, "SM9"}) == {"SM9"}


class TestLedgerOnSqlite(LedgerContract):
    @pytest.fixture
    def books(self, in_sqlite: Books) -> Books:
        return in_sqlite


@pytest.mark.integration
class TestLedgerOnPostgres(LedgerContract):
    @pytest.fixture
    def books(self, in_postgres: Books) -> Books:
        return in_postgres

    async def test_a_conversation_that_somebody_else_holds_is_skipped_by_the_poller(
        self, books: Books
    ) -> None:
        release = await books.opened()
        attempt = await books.claimed(release)
        await books.settle(waiting(attempt, attempt.claimed_at, -timedelta(seconds=1)))
        choose = partial(due, key=key_of(release), claim=uuid4(), timing=TIMING)
        async with books.owner.write() as connection:
            await connection.execute(
                select(CONVERSATIONS.c.id)
                .where(CONVERSATIONS.c.id == release.conversation_id)
                .with_for_update()
            )
            async with asyncio.timeout(5):
                assert await books.ledger.decide(key_of(release), choose, wait=False) == Leave()

        verdict = await books.ledger.decide(key_of(release), choose, wait=False)

        assert isinstance(verdict, Claim)

    async def test_a_second_row_of_an_attempt_is_impossible(self, books: Books) -> None:
        release = await books.opened()
        attempt = await books.claimed(release)

        def blind(sight: Sight) -> Verdict:
            assert isinstance(sight.attempts, dict)
            sight.attempts.clear()
            return Settle(attempt)

        with pytest.raises(IntegrityError):
            await books.ledger.decide(key_of(release), blind)
