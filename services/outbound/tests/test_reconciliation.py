"""What customers wrote and the webhook never heard of."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from handoff_common.errors import AwayError
from handoff_common.events import CustomerWrote, Media
from handoff_common.ids import inbound_id
from handoff_common.telemetry import is_trace
from handoff_outbound.domain.matching import SKEW, Listed, ListingError
from handoff_outbound.handlers.reconciliation import Reconciliation

from .world import BUSINESS, CUSTOMER, START, TIMING, Clock, FakePublisher, until


def inbound(sid: str, ago: float, clock: Clock) -> Listed:
    at = clock.now - timedelta(seconds=ago)
    return Listed(sid, CUSTOMER, BUSINESS, "Olá", inbound=True, created_at=at)


@dataclass
class FakeInbox:
    pages: list[Sequence[Listed]] = field(default_factory=list[Sequence[Listed]])
    asked: list[datetime] = field(default_factory=list[datetime])
    fault: Exception | None = None
    files: list[Sequence[Media] | Exception] = field(
        default_factory=list[Sequence[Media] | Exception]
    )

    async def media(self, sid: str) -> Sequence[Media]:
        assert sid == "MM1"
        found = self.files.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def received(self, business: str, since: datetime) -> AsyncGenerator[Sequence[Listed]]:
        assert business == BUSINESS
        self.asked.append(since)
        for page in self.pages:
            yield page
        if self.fault is not None:
            raise self.fault


@dataclass
class MemoryWatermarks:
    clock: Clock
    until: datetime | None = None
    known: set[str] = field(default_factory=set[str])
    ahead: timedelta = timedelta(0)

    async def begin(self, business: str) -> tuple[datetime, datetime]:
        assert business == BUSINESS
        self.until = self.until or self.clock.now
        return self.until, self.clock.now

    async def unknown(self, sids: Collection[str]) -> set[str]:
        return set(sids) - self.known

    async def move(self, business: str, until: datetime) -> None:
        assert business == BUSINESS
        assert self.until is not None
        self.until = max(self.until, until)


class Office:
    def __init__(self) -> None:
        self.clock = Clock()
        self.inbox = FakeInbox()
        self.marks = MemoryWatermarks(self.clock, START)
        self.publisher = FakePublisher()
        self.clock.seconds = 3600
        self.reconciliation = Reconciliation(
            self.publisher, self.inbox, self.marks, {BUSINESS}, TIMING
        )

    async def reconcile(self) -> int:
        return await self.reconciliation.reconcile(BUSINESS)

    async def hears(self) -> CustomerWrote | None:
        """Reconcile a message with a file; return what was published of it, if anything."""
        self.inbox.pages = [[replace(inbound("MM1", 120, self.clock), files=1)]]
        with suppress(ListingError):
            await self.reconcile()
        wrote = [event for event in self.publisher.events if isinstance(event, CustomerWrote)]
        return wrote[-1] if wrote else None

    @property
    def found(self) -> list[str]:
        return [e.message_sid for e in self.publisher.events if isinstance(e, CustomerWrote)]


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_message_that_nobody_has_goes_the_ordinary_way(office: Office) -> None:
    message = inbound("SM1", 120, office.clock)
    office.inbox.pages = [[message]]

    assert await office.reconcile() == 1

    [wrote] = office.publisher.events
    assert isinstance(wrote, CustomerWrote)
    assert wrote.id == inbound_id("SM1")
    assert (wrote.customer, wrote.business, wrote.text) == (CUSTOMER, BUSINESS, "Olá")
    assert wrote.received_at == message.created_at
    assert is_trace(wrote.trace)


async def test_what_is_found_after_a_jump_reached_the_business_just_now(office: Office) -> None:
    office.marks.ahead = timedelta(days=7)
    message = inbound("SM1", 120, office.clock)
    office.inbox.pages = [[message]]

    assert await office.reconcile() == 1

    [wrote] = office.publisher.events
    assert isinstance(wrote, CustomerWrote)
    assert wrote.received_at == message.created_at + timedelta(days=7)
    assert wrote.time == office.clock.now + timedelta(days=7)


async def test_what_is_known_sent_by_us_young_or_old_is_left_alone(office: Office) -> None:
    office.marks.known = {"SM1"}
    office.marks.until = START - timedelta(days=3)
    ours = Listed("SM2", BUSINESS, CUSTOMER, "Oi", inbound=False, created_at=START)
    young, old = inbound("SM3", 29, office.clock), inbound("SM4", 86_401, office.clock)
    office.inbox.pages = [[young, inbound("SM1", 120, office.clock)], [ours, old]]

    assert await office.reconcile() == 0
    assert office.publisher.events == []


async def test_the_watermark_follows_five_rounds_behind(office: Office) -> None:
    await office.reconcile()
    office.clock.seconds += 60
    await office.reconcile()

    behind = timedelta(seconds=300)
    assert office.marks.until == office.clock.now - behind
    assert office.inbox.asked == [START - SKEW, START + timedelta(seconds=3600) - behind - SKEW]


async def test_what_came_before_the_first_start_is_not_ours(office: Office) -> None:
    office.marks.until = None
    office.inbox.pages = [[inbound("SM1", 60, office.clock)]]

    assert await office.reconcile() == 0
    office.clock.seconds += 60
    assert await office.reconcile() == 0


PHOTO = Media(url="https://api.twilio.com/2010-04-01/…/Media/ME1", content_type="image/jpeg")


async def test_its_files_come_with_a_message(office: Office) -> None:
    office.inbox.files = [[PHOTO]]

    wrote = await office.hears()

    assert wrote is not None
    assert wrote.id == inbound_id("MM1")
    assert (wrote.media, wrote.media_missing) == ((PHOTO,), 0)


async def test_files_that_can_not_be_listed_are_asked_for_again_and_nobody_else_waits(
    office: Office,
) -> None:
    office.inbox.files = [ListingError("x"), [PHOTO]]
    photo = replace(inbound("MM1", 120, office.clock), files=1)
    others = replace(inbound("SM2", 120, office.clock), sender="whatsapp:+5511900000002")
    office.inbox.pages = [[others, photo]]

    with pytest.raises(ListingError, match="files"):
        await office.reconcile()
    assert (office.found, office.marks.until) == (["SM2"], START)

    wrote = await office.hears()
    assert wrote is not None
    assert wrote.media == (PHOTO,)
    assert office.marks.until != START


async def test_what_a_customer_wrote_after_files_that_can_not_be_listed_waits_for_them(
    office: Office,
) -> None:
    office.inbox.files = [ListingError("x"), [PHOTO]]
    photo = replace(inbound("MM1", 120, office.clock), files=1)
    office.inbox.pages = [
        [inbound("SM4", 60, office.clock), inbound("SM3", 120, office.clock), photo],
        [inbound("SM2", 180, office.clock)],
    ]

    with pytest.raises(ListingError, match="3 messages"):
        await office.reconcile()
    assert office.found == ["SM2"]

    office.marks.known = {"SM2"}
    assert await office.reconcile() == 3
    assert office.found == ["SM2", "MM1", "SM3", "SM4"]


async def test_what_was_missed_is_told_oldest_first_though_listed_newest_first(
    office: Office,
) -> None:
    office.inbox.pages = [
        [inbound("SM4", 60, office.clock), inbound("SM3", 60, office.clock)],
        [inbound("SM3", 60, office.clock), inbound("SM2", 61, office.clock)],
    ]

    assert await office.reconcile() == 3
    assert office.found == ["SM2", "SM3", "SM4"]


async def test_files_that_are_never_listed_are_said_to_be_missing(office: Office) -> None:
    office.inbox.files = [ListingError("x")] * 3

    assert [await office.hears() for _ in range(2)] == [None, None]
    wrote = await office.hears()

    assert wrote is not None
    assert (wrote.media, wrote.media_missing, wrote.text) == ((), 1, "Olá")


async def test_fewer_files_than_said_are_missing(office: Office) -> None:
    office.inbox.files = [[]]

    wrote = await office.hears()

    assert wrote is not None
    assert wrote.media_missing == 1


@pytest.mark.parametrize("fault", [ListingError("x"), AwayError("x")])
async def test_a_list_that_ends_in_an_error_is_read_again_from_the_same_place(
    office: Office, fault: Exception
) -> None:
    office.inbox.pages = [[inbound("SM1", 120, office.clock)]]
    office.inbox.fault = fault
    with pytest.raises(type(fault)):
        await office.reconcile()
    assert office.marks.until == START

    office.inbox.fault = None
    await office.reconcile()

    assert office.found == ["SM1", "SM1"]
    assert len({event.id for event in office.publisher.events}) == 1


async def test_the_loop_tries_again_soon_after_a_failure(office: Office) -> None:
    office.inbox.fault = ListingError("refused")
    fast = TIMING.scaled(0.005)
    reconciliation = Reconciliation(office.publisher, office.inbox, office.marks, {BUSINESS}, fast)
    loop = asyncio.create_task(reconciliation.run())
    await until(lambda: len(office.inbox.asked) >= 2)
    office.inbox.fault = None
    await until(lambda: office.marks.until != START)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
