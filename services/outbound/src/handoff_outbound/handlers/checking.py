"""A doubtful attempt is looked for in Twilio's list, before anything else is done about it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from handoff_common.timing import Timing
from handoff_outbound.domain.matching import SKEW, Listed, ListingError
from handoff_outbound.domain.settling import checked
from handoff_outbound.domain.sight import Look
from handoff_outbound.handlers.sending import Ledger, Sending, named

log = structlog.get_logger()


class Sent(Protocol):
    async def sent(self, business: str, customer: str, since: datetime) -> Sequence[Listed]:
        """List what Twilio has from us to a customer since then. Raises `ListingError`."""
        ...


class Checking:
    def __init__(self, ledger: Ledger, sent: Sent, sending: Sending, timing: Timing) -> None:
        self._ledger = ledger
        self._sent = sent
        self._sending = sending
        self._timing = timing

    async def check(self, look: Look) -> None:
        """Search for the attempt, and store what that comes to. Raises `AwayError`."""
        attempt = look.attempt
        listed: Sequence[Listed] | None
        try:
            listed = await self._sent.sent(
                attempt.business, attempt.customer, attempt.claimed_at - SKEW
            )
        except ListingError as error:
            log.warning("check.failed", reason=str(error), **named(attempt))
            listed = None
        sids = [message.sid for message in listed or ()]
        choose = partial(checked, look=look, listed=listed, timing=self._timing)
        verdict = await self._sending.until_back(
            lambda: self._ledger.decide(attempt.key, choose, listed=sids)
        )
        await self._sending.follow(verdict)
