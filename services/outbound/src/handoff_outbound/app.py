"""Wiring: what outbound is made of."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from pydantic import TypeAdapter
from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.errors import AwayError
from handoff_common.events import MessageReleased
from handoff_common.lifecycle import health_app, running
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.consumer import Consumer
from handoff_common.messaging.handling import Handled, Intake
from handoff_common.messaging.starts import DatabaseStarts
from handoff_common.messaging.topology import OUTBOUND_RELEASES
from handoff_common.tables import OutboundStartRow
from handoff_common.timing import Timing
from handoff_outbound.adapters.ledger import DatabaseLedger
from handoff_outbound.adapters.pace import LocalPace
from handoff_outbound.adapters.restores import remember
from handoff_outbound.adapters.twilio import TwilioAccount, TwilioChannel
from handoff_outbound.adapters.watermarks import DatabaseWatermarks
from handoff_outbound.domain.restore import Restore
from handoff_outbound.handlers.checking import Checking
from handoff_outbound.handlers.polling import ERRANDS, Poller
from handoff_outbound.handlers.reconciliation import Reconciliation
from handoff_outbound.handlers.results import Results
from handoff_outbound.handlers.sending import Machine, Sending, release_all

__all__ = ["TwilioAccount", "configuration_refusals", "remember_restore", "service"]

log = structlog.get_logger()

WORKERS = 32


@asynccontextmanager
async def service(
    *,
    broker: Broker,
    database: Database,
    twilio: TwilioAccount,
    public_base_url: str,
    businesses: Collection[str],
    timing: Timing,
) -> AsyncGenerator[ASGIApp]:
    """Run outbound; yields its HTTP face (health only). Broker and database are the caller's.

    Raises `ValueError` for deadlines under which an orphaned attempt could still begin.
    """
    if timing.claim_age + timing.post_deadline > timing.orphaned:
        raise ValueError("claim_age + post_deadline must not be longer than orphaned")
    ledger = DatabaseLedger(database)
    results = Results(broker, ledger)
    channel = TwilioChannel(
        twilio,
        public_base_url=public_base_url,
        deadline=timing.post_deadline,
        # One for each request that can run at once: no POST waits for one while its claim ages.
        connections=WORKERS + ERRANDS + len(businesses),
    )
    pace = LocalPace(twilio.sends_per_second)
    sending = Sending(ledger, channel, pace, results, timing, Machine())
    poller = Poller(ledger, sending, Checking(ledger, channel, sending, timing), results, timing)
    reconciliation = Reconciliation(
        broker, channel, DatabaseWatermarks(database), businesses, timing
    )
    consumer = _consumer(broker, database, sending)

    def stop() -> None:
        consumer.stop()
        poller.stop()

    try:
        async with (
            running(
                ("outbound.releases", consumer.run()), ("outbound.poller", poller.run()), stop=stop
            ),
            running(("outbound.reconciliation", reconciliation.run())),
        ):
            yield health_app({"broker": broker.ping, "database": database.ping})
    finally:
        await channel.close()
        await _mark(results)


async def remember_restore(
    database: Database, *, taken_at: datetime, restored_at: datetime
) -> None:
    """Have what the database holds looked for at Twilio before any of it is sent.

    Before the first start after a restore. Raises `AwayError`.
    """
    await remember(database, Restore(taken_at, restored_at))


async def configuration_refusals(database: Database) -> Mapping[int, int]:
    """Return how many messages wait because our configuration was refused, by Twilio's code.

    Raises `AwayError`.
    """
    return await DatabaseLedger(database).refusals()


def _consumer(broker: Broker, database: Database, sending: Sending) -> Consumer[MessageReleased]:
    async def handle(releases: Sequence[MessageReleased]) -> Sequence[Handled]:
        await release_all(releases, sending)
        return [Handled()] * len(releases)

    return Consumer(
        broker,
        Intake(OUTBOUND_RELEASES, workers=WORKERS, prefetch=2 * WORKERS),
        TypeAdapter(MessageReleased),
        handle,
        DatabaseStarts(database, OutboundStartRow),
    )


async def _mark(results: Results) -> None:
    """Save the next process from publishing again what was published."""
    try:
        await results.mark()
    except AwayError as error:
        log.warning("results.unmarked", reason=str(error))
