"""What customers wrote and our webhook never heard of is found in Twilio's list.

It goes the ordinary way, under the id that the webhook would have given it, so that it does not
matter how often it is found, or by which replica.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from handoff_common.errors import AwayError
from handoff_common.events import CustomerWrote
from handoff_common.ids import inbound_id
from handoff_common.telemetry import new_trace
from handoff_common.timing import Timing
from handoff_outbound.domain.matching import SKEW, Listed, ListingError
from handoff_outbound.handlers.results import Publisher

log = structlog.get_logger()

OVERLAP = 5
"""How many rounds are read again each time, in case Twilio lists a message late."""
_OLDEST = timedelta(hours=24)
"""WhatsApp's window: to what is older, nobody could answer any more."""


class Received(Protocol):
    def received(self, business: str, since: datetime) -> AsyncIterator[Sequence[Listed]]:
        """List what customers sent to this number, page by page. Raises `ListingError`."""
        ...


class Watermarks(Protocol):
    @property
    def ahead(self) -> timedelta:
        """How far the business's time is ahead of the marks' and Twilio's."""
        ...

    async def begin(self, business: str) -> tuple[datetime, datetime]:
        """Return how far the number's list has been read, and the time; at first, both are now."""
        ...

    async def unknown(self, sids: Collection[str]) -> set[str]:
        """Return those that no message of ours has."""
        ...

    async def move(self, business: str, until: datetime) -> None:
        """Remember how far the list has been read; never backwards."""
        ...


class Reconciliation:
    def __init__(
        self,
        publisher: Publisher,
        received: Received,
        watermarks: Watermarks,
        businesses: Collection[str],
        timing: Timing,
    ) -> None:
        self._publisher = publisher
        self._received = received
        self._watermarks = watermarks
        self._businesses = sorted(businesses)
        self._timing = timing

    async def run(self) -> None:
        """Reconcile now and then every minute, until cancelled."""
        while True:
            is_done = True
            for business in self._businesses:
                is_done &= await self._tried(business)
            pause = self._timing.reconcile if is_done else self._timing.reconcile / 12
            await asyncio.sleep(pause.total_seconds())

    async def reconcile(self, business: str) -> int:
        """Publish what is missing of one number; return how many.

        Raises `AwayError`, `ListingError`: the next round begins where this one did.
        """
        since, now = await self._watermarks.begin(business)
        count = 0
        async for page in self._received.received(business, max(since - SKEW, now - _OLDEST)):
            ripe = {m.sid: m for m in page if self._is_ripe(m, since, now)}
            missing = await self._watermarks.unknown(ripe) if ripe else set[str]()
            wrote = [self._customer_wrote(ripe[sid], now) for sid in ripe if sid in missing]
            if wrote:
                await self._publisher.publish(wrote)
                count += len(wrote)
        await self._watermarks.move(business, now - OVERLAP * self._timing.reconcile)
        if count:
            log.warning("reconciliation.found", messages=count)
        return count

    async def _tried(self, business: str) -> bool:
        try:
            await self.reconcile(business)
        except (AwayError, ListingError) as error:
            log.warning("reconciliation.failed", reason=str(error))
            return False
        return True

    def _is_ripe(self, message: Listed, since: datetime, now: datetime) -> bool:
        """Say whether it is in the span, and its webhook, which tells more, had its time."""
        earliest = max(since - SKEW, now - _OLDEST)
        return (
            message.inbound and earliest <= message.created_at <= now - self._timing.webhook_grace
        )

    def _customer_wrote(self, message: Listed, now: datetime) -> CustomerWrote:
        ahead = self._watermarks.ahead
        return CustomerWrote(
            id=inbound_id(message.sid),
            time=now + ahead,
            trace=new_trace(),
            message_sid=message.sid,
            customer=message.sender,
            business=message.recipient,
            text=message.body,
            received_at=message.created_at + ahead,
        )
