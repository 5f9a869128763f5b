"""What Twilio does after it accepted something: statuses with their callbacks, inbound webhooks.

Nothing here is awaited by the request that caused it, unless it asks. What a stopped process left
undone is begun again at the next start.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Protocol, TypeVar
from uuid import NAMESPACE_URL, uuid5

import structlog

from handoff_common.clock import Clock
from handoff_simulator.domain import steps
from handoff_simulator.domain.account import Account
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.faults import LaterFault, Switches
from handoff_simulator.domain.lifecycle import in_window, way_on
from handoff_simulator.domain.message import Message, Status
from handoff_simulator.domain.policy import Outcome, policy_of
from handoff_simulator.domain.problem import OUTSIDE_WINDOW
from handoff_simulator.domain.tally import Tally
from handoff_simulator.domain.webhook import inbound_form, status_form

log = structlog.get_logger()

T = TypeVar("T")


class Record(Protocol):
    def last_wrote(self, customer: str, business: str) -> datetime | None: ...
    async def advance(self, sid: str, status: Status, code: int | None, now: datetime) -> None: ...
    async def settle(self, sid: str, outcome: Outcome) -> None: ...
    async def unfinished(self) -> Sequence[Message]: ...


class Post(Protocol):
    async def post(
        self, url: str, form: Mapping[str, str], token: str, *, retries: int
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where the senders' inbound messages go; fragments are Twilio's connection overrides."""

    url: str
    fallback_url: str = ""


@dataclass(slots=True)
class Deliveries:
    """Carries every accepted message on; one task each."""

    account: Account
    hooks: Hooks
    record: Record
    post: Post
    switches: Switches
    tally: Tally
    clock: Clock
    chronicle: Chronicle
    _tasks: set[asyncio.Task[object]] = field(default_factory=set[asyncio.Task[object]])

    async def resume(self) -> None:
        """Begin again what a stopped process left undone."""
        for message in await self.record.unfinished():
            if message.direction == "inbound":
                self.deliver(message)
            else:
                self.carry(message)

    def carry(self, message: Message) -> None:
        """Take an accepted message of ours through its statuses."""
        self._begin(self._carry(message))

    def deliver(self, message: Message) -> asyncio.Task[Outcome]:
        """Deliver a customer's message to the webhook; await the task for the outcome."""
        return self._begin(self._deliver(message))

    async def stop(self) -> None:
        """Drop everything that is under way; the record knows what it was."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery.crashed", exc_info=task.exception())

    async def _carry(self, message: Message) -> None:
        faults = self.switches.faults
        fails = self._failure(message)
        held: Status | None = None
        way = way_on(message, fails=fails, reads=faults.read_receipts)
        for status in way:
            await asyncio.sleep(self.switches.between(faults.callback_delay_ms))
            now = self.clock.machine_now()
            await self.record.advance(message.sid, status, fails, now)
            self.chronicle.note(steps.advanced(message, status, fails))
            self.chronicle.changed(
                replace(message, status=status, error_code=fails, sent_at=message.sent_at or now)
            )
            if not message.callback:
                continue
            if held is None and status != way[-1] and self._strikes("callback_reorder", message):
                held = status
                continue
            await self._call_back(message, status, fails)
            if held is not None:
                await self._call_back(message, held, fails)
                held = None

    def _failure(self, message: Message) -> int | None:
        wrote_at = self.record.last_wrote(message.recipient, message.sender)
        if self.switches.faults.outside_window and not in_window(wrote_at, message.shown_at):
            return OUTSIDE_WINDOW
        code = self.switches.failure(message.body)
        if code is not None:
            self.tally.count_fault("fail")
        return code

    async def _call_back(self, message: Message, status: Status, code: int | None) -> None:
        if self._strikes("callback_drop", message):
            self.chronicle.note(steps.not_reported(message, status))
            return
        form = status_form(message, self.account, status, code)
        token = str(uuid5(NAMESPACE_URL, f"{message.sid}/{status}"))
        for _ in range(2 if self._strikes("callback_double", message) else 1):
            self.tally.count("callbacks")
            began = monotonic()
            outcome = await self.post.post(message.callback, form, token, retries=0)
            self.chronicle.note(steps.reported(message, status, outcome, _since(began)))
            if not outcome.delivered:
                self.tally.count("callbacks_undelivered")

    async def _deliver(self, message: Message) -> Outcome:
        outcome = Outcome(delivered=False, attempts=0)
        await asyncio.sleep(self.switches.between((0, self.switches.faults.webhook_reorder_ms)))
        if self._strikes("webhook_drop", message):
            self.chronicle.note(steps.not_called(message))
        else:
            for _ in range(2 if self._strikes("webhook_double", message) else 1):
                outcome = await self._call_hooks(message)
        await self.record.settle(message.sid, outcome)
        return outcome

    async def _call_hooks(self, message: Message) -> Outcome:
        form = inbound_form(message, self.account)
        token = uuid5(NAMESPACE_URL, message.sid)
        self.tally.count("webhooks")
        outcome = await self._hook(message, self.hooks.url, form, str(token))
        if outcome.delivered:
            return outcome
        self.tally.count("webhooks_undelivered")
        if not self.hooks.fallback_url:
            return outcome
        form["ErrorCode"] = str(outcome.error_code)
        form["ErrorUrl"] = policy_of(self.hooks.url)[0]
        second = await self._hook(
            message, self.hooks.fallback_url, form, str(uuid5(token, "fallback"))
        )
        return Outcome(second.delivered, outcome.attempts + second.attempts, second.status)

    async def _hook(
        self, message: Message, url: str, form: Mapping[str, str], token: str
    ) -> Outcome:
        self.chronicle.note(steps.calling(message, url))
        began = monotonic()
        outcome = await self.post.post(url, form, token, retries=1)
        self.chronicle.note(steps.called(message, outcome, _since(began)))
        return outcome

    def _strikes(self, fault: LaterFault, message: Message) -> bool:
        if not self.switches.strikes(fault, message.body):
            return False
        self.tally.count_fault(fault)
        return True


def _since(began: float) -> int:
    return round(1000 * (monotonic() - began))
