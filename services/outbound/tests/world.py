"""A ledger in memory, a scripted Twilio, and a clock that the tests move."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from handoff_common.errors import AwayError
from handoff_common.events import BaseEvent, MessageReleased
from handoff_common.timing import WINDOW, Timing
from handoff_outbound.domain.attempt import Attempt, Errand, Key, State, begun, submitting
from handoff_outbound.domain.matching import Listed, ListingError
from handoff_outbound.domain.outcome import Accepted, Outcome
from handoff_outbound.domain.restore import Restore
from handoff_outbound.domain.sight import (
    Choose,
    Claim,
    Fence,
    Leave,
    Look,
    Settle,
    Sight,
    Verdict,
)
from handoff_outbound.handlers.checking import Checking
from handoff_outbound.handlers.polling import Poller
from handoff_outbound.handlers.results import Results
from handoff_outbound.handlers.sending import Machine, Sending

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSES = START + WINDOW
TIMING = Timing()
CUSTOMER, BUSINESS = "whatsapp:+5511999990001", "whatsapp:+551130000000"
CONVERSATION = UUID(int=1)
MESSAGE = UUID(int=2)
EPOCH = 3
TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"


class CrashError(BaseException):
    """The process dies here."""


def released(
    *,
    attempt: int = 1,
    automatic: bool = True,
    message: UUID = MESSAGE,
    text: str = "Bom dia",
    conversation: UUID = CONVERSATION,
    epoch: int = EPOCH,
) -> MessageReleased:
    return MessageReleased(
        id=uuid4(),
        time=START,
        trace=TRACE,
        conversation_id=conversation,
        message_id=message,
        attempt=attempt,
        epoch=epoch,
        automatic=automatic,
        customer=CUSTOMER,
        business=BUSINESS,
        text=text,
    )


def attempted(state: State = "submitting", release: MessageReleased | None = None) -> Attempt:
    """Return an attempt that was claimed at the start."""
    release = released() if release is None else release
    claim = uuid4()
    row = submitting(begun(release, claim, START), claim, START, TIMING.orphaned)
    return replace(row, state=state)


def sight(
    *attempts: Attempt,
    after: float = 0,
    fence: Fence | None = None,
    reports: Mapping[int, str] | None = None,
    others: Sequence[Attempt] = (),
) -> Sight:
    """Return what a decision sees `after` seconds; the message holds its window."""
    return Sight(
        now=START + timedelta(seconds=after),
        fence=fence or Fence(EPOCH, MESSAGE),
        attempts={attempt.key.attempt: attempt for attempt in attempts},
        reports=reports or {},
        others=others,
        closes_at=CLOSES,
    )


def listed(sid: str, after: float = 0, *, text: str = "Bom dia") -> Listed:
    created_at = START + timedelta(seconds=after)
    return Listed(sid, BUSINESS, CUSTOMER, text, inbound=False, created_at=created_at)


@dataclass
class Clock:
    seconds: float = 0

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class MemoryLedger:
    """The ledger as its port promises it: each decision alone, stored or not at all."""

    clock: Clock
    fences: dict[UUID, Fence] = field(default_factory=dict[UUID, Fence])
    rows: dict[tuple[UUID, int], Attempt] = field(default_factory=dict[tuple[UUID, int], Attempt])
    reports: dict[tuple[UUID, int], str] = field(default_factory=dict[tuple[UUID, int], str])
    before_commit: list[BaseException | None] = field(default_factory=list[BaseException | None])
    after_commit: list[BaseException | None] = field(default_factory=list[BaseException | None])
    commit_seconds: float = 0
    locked: bool = False
    """Somebody else holds every conversation's lock."""
    restores: Sequence[Restore] = ()
    queued_at: datetime | None = None
    """When the message was queued; None: just now."""
    closes_at: datetime = CLOSES

    async def decide(
        self, key: Key, choose: Choose, *, listed: Collection[str] = (), wait: bool = True
    ) -> Verdict:
        if self.locked and not wait:
            return Leave()
        verdict = choose(self._sight(key, listed))
        _raise_next(self.before_commit)
        if isinstance(verdict, Claim | Settle | Look):
            self.rows[key.message_id, key.attempt] = verdict.attempt
        self.clock.seconds += self.commit_seconds
        _raise_next(self.after_commit)
        return verdict

    def _sight(self, key: Key, sids: Collection[str]) -> Sight:
        others = [
            row
            for row in self.rows.values()
            if row.key.message_id != key.message_id
            and (row.message_sid in sids or row.state in ("submitting", "doubtful", "unknown"))
        ]
        return Sight(
            now=self.clock.now,
            fence=self.fences[key.conversation_id],
            attempts={n: row for (m, n), row in self.rows.items() if m == key.message_id},
            reports={n: sid for (m, n), sid in self.reports.items() if m == key.message_id},
            others=others,
            restores=self.restores,
            queued_at=self.queued_at,
            closes_at=self.closes_at,
        )

    async def errands(self, limit: int) -> Sequence[Errand]:
        now = self.clock.now
        found = [
            Errand(row.key, row.business)
            for name, row in self.rows.items()
            if (row.next_at is not None and row.next_at <= now)
            or (row.state in ("doubtful", "unknown") and name in self.reports)
        ]
        return found[:limit]

    async def unpublished(self, age: timedelta, limit: int) -> Sequence[Attempt]:
        before = self.clock.now - age
        found = [r for r in self.rows.values() if r.unpublished and r.updated_at < before]
        return found[:limit]

    async def mark_published(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            name = attempt.key.message_id, attempt.key.attempt
            if self.rows[name].state == attempt.state:
                self.rows[name] = replace(self.rows[name], unpublished=False)


@dataclass
class ScriptedTwilio:
    """Does with each POST what the script says; then accepts."""

    clock: Clock
    script: list[Outcome | BaseException] = field(default_factory=list[Outcome | BaseException])
    accepts: list[bool] = field(default_factory=list[bool])
    """Whether Twilio has the message although the answer says otherwise, by POST."""
    posts: list[Attempt] = field(default_factory=list[Attempt])
    list_: list[Listed] = field(default_factory=list[Listed])
    unreadable: bool = False
    meanwhile: Callable[[], None] | None = None
    """What happens elsewhere during each POST."""

    async def post(self, attempt: Attempt) -> Outcome:
        self.posts.append(attempt)
        if self.meanwhile is not None:
            self.meanwhile()
        sid = f"SM{len(self.posts):032x}"
        step = self.script.pop(0) if self.script else Accepted(sid)
        if self.accepts.pop(0) if self.accepts else isinstance(step, Accepted):
            self.list_.append(listed(sid, self.clock.seconds, text=attempt.text))
        if isinstance(step, BaseException):
            raise step
        return Accepted(sid) if isinstance(step, Accepted) else step

    async def sent(self, business: str, customer: str, since: datetime) -> Sequence[Listed]:
        assert (business, customer) == (BUSINESS, CUSTOMER)
        if self.unreadable:
            raise ListingError("unreadable")
        return [message for message in self.list_ if message.created_at >= since]


@dataclass
class FakePublisher:
    events: list[BaseEvent] = field(default_factory=list[BaseEvent])
    faults: list[BaseException | None] = field(default_factory=list[BaseException | None])

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        _raise_next(self.faults)
        self.events.extend(events)

    @property
    def types(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


class NoPace:
    async def wait(self, business: str) -> None:
        assert business == BUSINESS


class World:
    """Outbound with one conversation, whose window the message holds."""

    def __init__(self, timing: Timing = TIMING) -> None:
        self.timing = timing
        self.clock = Clock()
        self.ledger = MemoryLedger(self.clock, {CONVERSATION: Fence(EPOCH, MESSAGE)})
        self.twilio = ScriptedTwilio(self.clock)
        self.publisher = FakePublisher()
        self.restart()

    def restart(self) -> None:
        """Start the process again: only ledger, Twilio and broker remember anything."""
        self.results = Results(self.publisher, self.ledger)
        self.sending = Sending(
            self.ledger,
            self.twilio,
            NoPace(),
            self.results,
            self.timing,
            Machine(self.clock.monotonic, self.clock.sleep, lambda: 0.0),
        )
        checking = Checking(self.ledger, self.twilio, self.sending, self.timing)
        self.poller = Poller(self.ledger, self.sending, checking, self.results, self.timing)

    async def release(self, release: MessageReleased | None = None) -> None:
        await self.sending.release(released() if release is None else release)

    async def poll(self, *, after: float = 0) -> None:
        """Let time pass, then run the poller's errands until it finds none; ignores who is away."""
        self.clock.seconds += after
        try:
            await self.results.repair(TIMING.claim_age)
            for errand in await self.ledger.errands(32):
                await self.poller.run_errand(errand)
        except AwayError:
            return

    def fence(self, *, epoch: int = EPOCH, window: UUID | None = MESSAGE) -> None:
        self.ledger.fences[CONVERSATION] = Fence(epoch, window)

    def row(self, attempt: int = 1) -> Attempt:
        return self.ledger.rows[MESSAGE, attempt]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fails after ten seconds."""
    async with asyncio.timeout(10):
        while True:
            if condition():
                return
            await asyncio.sleep(0.005)


def _raise_next(faults: list[BaseException | None]) -> None:
    fault = faults.pop(0) if faults else None
    if fault is not None:
        raise fault
