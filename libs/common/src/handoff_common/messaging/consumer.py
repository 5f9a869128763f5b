"""The one place that settles deliveries.

A delivery is acknowledged once the broker has confirmed everything that followed from it. If we die
before that, it comes again, and the handler finds what it stored the first time. An event ends in
success, in another try later (`TransientError`), or among the dead letters with the reason; a
server that is away is neither: we wait for it.

Two ways to take deliveries, with the same rules: in micro-batches ("what is waiting now", without a
timer), where the next transaction may start while the confirms of the last are outstanding; and one
by one, by several workers at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from pydantic import TypeAdapter, ValidationError

from handoff_common.errors import AwayError, TransientError, UnroutableError
from handoff_common.events import BaseEvent
from handoff_common.messaging.broker import Broker, Delivery, Subscription
from handoff_common.messaging.handling import E, Handle, Handled, Intake, Starts

T = TypeVar("T")
log = structlog.get_logger()

MAX_STARTS = 3
"""A redelivered event that was started so often, and never ended, kills its process: quarantine."""
RECONNECT_SECONDS = (0.1, 0.2, 0.5, 1, 2)


@dataclass(slots=True)
class _Read(Generic[E]):
    """A delivery that was understood, and what became of it."""

    delivery: Delivery
    event: E
    handled: Handled = field(default_factory=Handled)
    dead: str = ""
    later: bool = False


class Consumer(Generic[E]):
    """Consume one queue until `stop`, through every loss of broker and database."""

    def __init__(
        self,
        broker: Broker,
        intake: Intake,
        schema: TypeAdapter[E],
        handle: Handle[E],
        starts: Starts,
    ) -> None:
        self._broker = broker
        self._intake = intake
        self._schema = schema
        self._handle = handle
        self._starts = starts
        self._stopping = asyncio.Event()
        self._alone_with = WeakValueDictionary[UUID, asyncio.Lock]()

    def stop(self) -> None:
        """Take no more; `run` returns once what was taken is settled."""
        self._stopping.set()

    async def run(self) -> None:
        """Consume; returns after `stop`."""
        failures = 0
        while not self._stopping.is_set():
            try:
                async with self._broker.subscribe(
                    self._intake.queue, prefetch=self._intake.prefetch
                ) as subscription:
                    failures = 0
                    await self._consume(subscription)
            except AwayError as error:
                pause = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
                failures += 1
                log.warning("consumer.lost", queue=self._intake.queue, reason=str(error))
                await self._pause(pause)

    async def _consume(self, subscription: Subscription) -> None:
        stopper = asyncio.create_task(self._stop_with(subscription))
        try:
            if self._intake.batch > 1:
                await self._in_batches(subscription)
            else:
                await self._one_by_one(subscription)
        finally:
            stopper.cancel()
            await asyncio.gather(stopper, return_exceptions=True)

    async def _stop_with(self, subscription: Subscription) -> None:
        await self._stopping.wait()
        await subscription.stop()

    async def _one_by_one(self, subscription: Subscription) -> None:
        # When one loses the broker, the others end what they hold: a handler is not cut off in the
        # middle, which for a message on its way to the customer would leave a doubtful attempt.
        workers = (self._work(subscription) for _ in range(self._intake.workers))
        for outcome in await asyncio.gather(*workers, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _work(self, subscription: Subscription) -> None:
        async with _stopped_by_failure(subscription):
            while (delivery := await subscription.next()) is not None:
                for read in await self._read(subscription, [delivery]):
                    await self._alone(read)
                    await self._finish(subscription, [read])
                await subscription.ack(delivery.tag)

    async def _in_batches(self, subscription: Subscription) -> None:
        settling: asyncio.Task[None] | None = None
        try:
            while (first := await subscription.next()) is not None:
                deliveries = [first, *subscription.ready(self._intake.batch - 1)]
                reads = await self._read(subscription, deliveries)
                for read in reads:  # first what came first
                    if read.delivery.redelivered:
                        await self._alone(read)
                await self._together([read for read in reads if not read.delivery.redelivered])
                if settling is not None:
                    await settling
                # The next transaction may start while these confirms are outstanding; the acks stay
                # in order, so a multiple ack never passes a delivery whose effects are unconfirmed.
                settling = asyncio.create_task(
                    self._settle(subscription, reads, deliveries[-1].tag)
                )
            if settling is not None:
                await settling
        finally:
            if settling is not None:
                settling.cancel()
                await asyncio.gather(settling, return_exceptions=True)

    async def _settle(
        self, subscription: Subscription, reads: Sequence[_Read[E]], last: int
    ) -> None:
        async with _stopped_by_failure(subscription):
            await self._finish(subscription, reads)
            await subscription.ack(last, multiple=True)

    async def _together(self, reads: Sequence[_Read[E]]) -> None:
        """Handle events in one transaction; if it fails, take the batch apart."""
        if not reads:
            return
        if len(reads) == 1:
            await self._try(reads[0])
            return
        try:
            handled = await self._patiently([read.event for read in reads])
            outcomes = list(zip(reads, handled, strict=True))
        except AwayError:
            raise  # we stop before it was back: nothing is settled, all of it comes again
        except Exception as error:  # noqa: BLE001  # one of them; alone, each finds its own end
            log.warning("batch.taken_apart", size=len(reads), reason=type(error).__name__)
            for read in reads:
                await self._try(read)
        else:
            for read, outcome in outcomes:
                read.handled = outcome

    async def _read(
        self, subscription: Subscription, deliveries: Sequence[Delivery]
    ) -> list[_Read[E]]:
        """Decode; what can't be read is dead at once (its ack is the caller's)."""
        reads: list[_Read[E]] = []
        for delivery in deliveries:
            try:
                reads.append(_Read(delivery, self._schema.validate_json(delivery.body)))
            except ValidationError as error:
                # Not str(error): it quotes the payload, which is what the customer wrote.
                kinds = sorted({problem["type"] for problem in error.errors(include_input=False)})
                log.error("event.unreadable", queue=delivery.queue, problems=kinds)
                await subscription.bury(delivery, "unreadable")
        return reads

    async def _alone(self, read: _Read[E]) -> None:
        """Handle one event; if it was delivered before, with its start on record."""
        if not read.delivery.redelivered:
            await self._try(read)
            return
        # Copies of one event come after each other: counted at once, they would look like starts
        # that a dead process left behind.
        lock = self._alone_with.setdefault(read.event.id, asyncio.Lock())
        async with lock:
            await self._recorded(read)

    async def _recorded(self, read: _Read[E]) -> None:
        queue, event_id = read.delivery.queue, read.event.id
        log.info("event.redelivered", queue=queue, event_id=str(event_id))
        count = await self._until_back(lambda: self._starts.begin(queue, event_id))
        if count > MAX_STARTS:
            log.error("event.quarantined", queue=queue, event_id=str(event_id), starts=count - 1)
            read.dead = "quarantined"
        else:
            await self._try(read)
        await self._until_back(lambda: self._starts.end(queue, event_id))

    async def _try(self, read: _Read[E]) -> None:
        event = read.event
        with structlog.contextvars.bound_contextvars(
            event_id=str(event.id), subject_id=_loggable(event), trace=event.trace
        ):
            try:
                [read.handled] = await self._patiently([event])
            except TransientError as error:
                if read.delivery.attempt >= self._intake.retries:
                    log.error("event.dead", reason="retries exhausted")
                    read.dead = f"retries exhausted: {error}"
                else:
                    log.warning("event.retried", reason=str(error), attempt=read.delivery.attempt)
                    read.later = True
            except AwayError:
                raise  # as above: a server that is away is nobody's fault
            except Exception as error:  # a bug or a refusal: a person reads the dead letters
                log.exception("event.dead")
                read.dead = type(error).__name__

    async def _patiently(self, events: Sequence[E]) -> Sequence[Handled]:
        return await self._until_back(lambda: self._handle(events))

    async def _until_back(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until no server is away: the delivery is ours meanwhile, so waiting loses nothing."""
        failures = 0
        while True:
            try:
                return await attempt()
            except AwayError as error:
                pause = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
                failures += 1
                log.warning("consumer.waits", queue=self._intake.queue, reason=str(error))
                if self._stopping.is_set():
                    raise
                await self._pause(pause)

    async def _finish(self, subscription: Subscription, reads: Sequence[_Read[E]]) -> None:
        """Publish what followed and put aside what is not done; return once all is confirmed."""
        await self._until_back(lambda: self._publish(reads))
        await self._broker.hint([hint for read in reads for hint in read.handled.hints])
        for read in reads:
            if read.handled.answer is not None and read.delivery.reply_to:
                await self._broker.reply(read.delivery, read.handled.answer)
            await self._put_aside(subscription, read)

    async def _publish(self, reads: Sequence[_Read[E]]) -> None:
        try:
            await self._broker.publish([event for read in reads for event in read.handled.effects])
        except UnroutableError:
            await self._publish_apart(reads)

    async def _publish_apart(self, reads: Sequence[_Read[E]]) -> None:
        for read in reads:
            try:
                await self._broker.publish(read.handled.effects)
            except UnroutableError as error:
                log.error("event.dead", reason="unroutable", event_id=str(read.event.id))
                read.dead = f"unroutable: {error}"

    async def _put_aside(self, subscription: Subscription, read: _Read[E]) -> None:
        """Store the copy of what is not done: for later, or for a person. The ack follows."""
        if read.dead:
            await subscription.bury(read.delivery, read.dead)
        elif read.later:
            await subscription.retry(read.delivery)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not past `stop`."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


@asynccontextmanager
async def _stopped_by_failure(subscription: Subscription) -> AsyncGenerator[None]:
    """End a subscription that one of us can't go on with: the others might wait in it for ever.

    It need not be lost itself. Retrying and burying publish, maybe over another connection.
    """
    try:
        yield
    except Exception:
        await subscription.stop()
        raise


def _loggable(event: BaseEvent) -> str:
    """Return the conversation's id; an address pair names a person, so not that."""
    return "" if "|" in event.subject else event.subject
