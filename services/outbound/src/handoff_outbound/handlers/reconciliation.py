"""What customers wrote and our webhook never heard of is found in Twilio's list.

It goes the ordinary way, under the id that the webhook would have given it, so that it does not
matter how often it is found, or by which replica.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from handoff_common.errors import AwayError
from handoff_common.events import CustomerWrote, Media
from handoff_common.ids import inbound_id
from handoff_common.telemetry import new_trace
from handoff_common.timing import WINDOW, Timing
from handoff_outbound.domain.matching import SKEW, Listed, ListingError
from handoff_outbound.handlers.results import Publisher

log = structlog.get_logger()

OVERLAP = 5
"""How many rounds are read again each time, in case Twilio lists a message late."""


_TRIES = 3
"""So often, in as many rounds, is Twilio asked for the files of a message before it goes on."""

_BATCH = 100
"""So many are published at once: files are asked for one message at a time."""


class Received(Protocol):
    def received(self, business: str, since: datetime) -> AsyncIterator[Sequence[Listed]]:
        """List what customers sent to this number, in pages, newest first.

        Raises `ListingError`.
        """
        ...

    async def media(self, sid: str) -> Sequence[Media]:
        """List the files of a message. Raises `ListingError`."""
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
        self._failures: Counter[str] = Counter()
        """How often a message's files could not be listed."""

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
        found: dict[str, Listed] = {}
        fault: Exception | None = None
        try:
            async for page in self._received.received(business, max(since - SKEW, now - WINDOW)):
                ripe = {m.sid: m for m in page if self._is_ripe(m, since, now)}
                missing = await self._watermarks.unknown(ripe) if ripe else set[str]()
                found.update((sid, ripe[sid]) for sid in ripe if sid in missing)
        except (AwayError, ListingError) as error:
            fault = error  # what was read does not wait for what was not
        put_off = await self._publish(_oldest_first(found.values()), now)
        if fault is not None:
            raise fault
        if put_off:
            raise ListingError(f"{put_off} messages wait for files")
        await self._watermarks.move(business, now - OVERLAP * self._timing.reconcile)
        if found:
            log.warning("reconciliation.found", messages=len(found))
        return len(found)

    async def _publish(self, found: Sequence[Listed], now: datetime) -> int:
        """Publish what one number missed, each customer's in order; return how many are put off.

        What a customer wrote after a picture is often about it, so it waits for its files as well.
        """
        held: set[str] = set()
        put_off = 0
        for start in range(0, len(found), _BATCH):
            wrote: list[CustomerWrote] = []
            for message in found[start : start + _BATCH]:
                waits = message.sender in held
                event = None if waits else await self._customer_wrote(message, now)
                if event is None:
                    held.add(message.sender)
                    put_off += 1
                else:
                    wrote.append(event)
            if wrote:
                await self._publisher.publish(wrote)
        return put_off

    async def _tried(self, business: str) -> bool:
        try:
            await self.reconcile(business)
        except (AwayError, ListingError) as error:
            log.warning("reconciliation.failed", reason=str(error))
            return False
        return True

    def _is_ripe(self, message: Listed, since: datetime, now: datetime) -> bool:
        """Say whether it is in the span, and its webhook, which tells more, had its time."""
        earliest = max(since - SKEW, now - WINDOW)  # to what is older, nobody could answer
        return (
            message.inbound and earliest <= message.created_at <= now - self._timing.webhook_grace
        )

    async def _customer_wrote(self, message: Listed, now: datetime) -> CustomerWrote | None:
        """Return the event; None if its files may be listed in a later round."""
        media = await self._media(message)
        if media is None:
            return None
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
            media=tuple(media),
            media_missing=max(message.files - len(media), 0),
        )

    async def _media(self, message: Listed) -> Sequence[Media] | None:
        """List the files; without them, and saying so, it goes on when that has failed often."""
        if not message.files:
            return ()
        found: Sequence[Media] = ()
        try:
            found = await self._received.media(message.sid)
        except ListingError as error:
            self._failures[message.sid] += 1
            log.warning("media.unlisted", message_sid=message.sid, reason=str(error))
            if self._failures[message.sid] < _TRIES:
                return None
        del self._failures[message.sid]
        return found


def _oldest_first(listed: Collection[Listed]) -> Sequence[Listed]:
    """Put in the order in which it was written what is listed newest first, dated by the second."""
    return sorted(listed, key=lambda message: message.created_at, reverse=True)[::-1]
