"""Claim, POST, record: each in its own step, so that a crash between any two is recovered."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from handoff_common.errors import AwayError, TransientError
from handoff_common.events import MessageReleased
from handoff_common.ids import fresh_id
from handoff_common.timing import Timing
from handoff_outbound.domain.attempt import Attempt, Key, key_of
from handoff_outbound.domain.backoff import pause
from handoff_outbound.domain.claiming import first
from handoff_outbound.domain.outcome import NotProcessed, Outcome
from handoff_outbound.domain.settling import recorded
from handoff_outbound.domain.sight import Choose, Claim, Later, Repeat, Settle, Verdict
from handoff_outbound.handlers.results import Results

log = structlog.get_logger()

_RECONNECT_SECONDS = (0.1, 0.2, 0.5, 1, 2)


class Ledger(Protocol):
    async def decide(
        self, key: Key, choose: Choose, *, listed: Collection[str] = (), wait: bool = True
    ) -> Verdict:
        """Lock the conversation, look, choose, store what was chosen: one transaction.

        `listed`: Sids of which the sight shows who owns them, and the unresolved besides. Not
        `wait`: `Leave` while somebody else holds the lock. Raises `AwayError`, and then the
        transaction may have been committed; `LookupError` for an unknown conversation.
        """
        ...


class Channel(Protocol):
    async def post(self, attempt: Attempt) -> Outcome:
        """Send the message once, within the deadline of a POST. Raises nothing."""
        ...


class Pace(Protocol):
    async def wait(self, business: str) -> None:
        """Return once this number may send another message."""
        ...


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process has from the machine it runs on, beside the database's clock."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.random
    """A number in [0, 1)."""


class Sending:
    def __init__(
        self,
        ledger: Ledger,
        channel: Channel,
        pace: Pace,
        results: Results,
        timing: Timing,
        machine: Machine,
    ) -> None:
        self._ledger = ledger
        self._channel = channel
        self._pace = pace
        self._results = results
        self._timing = timing
        self._machine = machine

    async def release(self, release: MessageReleased) -> None:
        """Send a released message, or find out that it is not ours to send.

        Raises `TransientError` while an earlier attempt of the same message is open, `AwayError`.
        """
        choose = partial(first, release=release, claim=fresh_id(), timing=self._timing)
        verdict = await self.attempt(key_of(release), release.business, choose)
        if isinstance(verdict, Later):
            raise TransientError("an earlier attempt is open")

    async def attempt(
        self, key: Key, business: str, choose: Choose, *, wait: bool = True
    ) -> Verdict:
        """Decide about an attempt and follow the decision: POST it, publish its result.

        `choose` must know its own claim again, for it is asked twice if the database is lost.
        """
        await self._pace.wait(business)
        started = self._machine.monotonic()
        verdict = await self.until_back(lambda: self._ledger.decide(key, choose, wait=wait))
        if isinstance(verdict, Claim):
            await self._post(verdict.attempt, started)
        else:
            await self.follow(verdict)
        return verdict

    async def follow(self, verdict: Verdict) -> None:
        """Publish the result that was stored, if one was. Raises `AwayError`."""
        match verdict:
            case Settle(attempt) if attempt.unpublished:
                log.info("send.settled", state=attempt.state, code=attempt.code, **named(attempt))
                await self._results.publish(attempt)
            case Repeat(attempt):
                await self._results.publish(attempt)
            case _:
                pass

    async def until_back(self, step: Callable[[], Awaitable[Verdict]]) -> Verdict:
        """Repeat a transaction until the database is there."""
        failures = 0
        while True:
            try:
                return await step()
            except AwayError as error:
                log.warning("ledger.away", reason=str(error))
                pause = _RECONNECT_SECONDS[min(failures, len(_RECONNECT_SECONDS) - 1)]
                await self._machine.sleep(pause)
                failures += 1

    async def _post(self, attempt: Attempt, started: float) -> None:
        """POST, if the claim is young enough for a takeover still to wait for it."""
        age = timedelta(seconds=self._machine.monotonic() - started)
        if age < self._timing.claim_age:
            outcome = await self._channel.post(attempt)
        else:
            outcome = NotProcessed("claim too old")
        log.info("send.attempted", outcome=type(outcome).__name__, **named(attempt))
        asked = outcome.retry_after if isinstance(outcome, NotProcessed) else timedelta(0)
        later = pause(self._timing.retries, attempt.claims, self._machine.draw(), asked)
        choose = partial(
            recorded, posted=attempt, outcome=outcome, pause=later, timing=self._timing
        )
        # Until the database is back: what only we know would else become doubtful.
        await self.follow(await self.until_back(lambda: self._ledger.decide(attempt.key, choose)))


async def release_all(releases: Sequence[MessageReleased], sending: Sending) -> None:
    """Handle deliveries of the queue, one by one."""
    for release in releases:
        await sending.release(release)


def named(attempt: Attempt) -> dict[str, str | int]:
    """Return the attempt's ids, for a log."""
    return {
        "conversation_id": str(attempt.key.conversation_id),
        "message_id": str(attempt.key.message_id),
        "attempt": attempt.key.attempt,
    }
