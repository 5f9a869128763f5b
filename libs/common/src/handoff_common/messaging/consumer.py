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
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Generic

import structlog
from pydantic import TypeAdapter, ValidationError

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.messaging.broker import Broker, Delivery, Subscription
from handoff_common.messaging.handling import E, Handle, Intake, Starts
from handoff_common.messaging.patience import Patience
from handoff_common.messaging.runs import Run, Runs

log = structlog.get_logger()


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
        self._patience = Patience(intake.queue)
        self._runs = Runs(intake, handle, starts, self._patience)

    def stop(self) -> None:
        """Take no more; `run` returns once what was taken is settled."""
        self._patience.stop()

    async def run(self) -> None:
        """Consume; returns after `stop`."""
        failures = 0
        while not self._patience.is_over:
            try:
                async with self._broker.subscribe(
                    self._intake.queue, prefetch=self._intake.prefetch
                ) as subscription:
                    failures = 0
                    await self._consume(subscription)
            except AwayError as error:
                log.warning("consumer.lost", queue=self._intake.queue, reason=str(error))
                await self._patience.pause(failures)
                failures += 1

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
        await self._patience.until_stopped()
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
                for run in await self._read(subscription, [delivery]):
                    await self._runs.one(run)
                    await self._finish(subscription, [run])
                await subscription.ack(delivery.tag)

    async def _in_batches(self, subscription: Subscription) -> None:
        settling: asyncio.Task[None] | None = None
        try:
            while (first := await subscription.next()) is not None:
                deliveries = [first, *subscription.ready(self._intake.batch - 1)]
                runs = await self._read(subscription, deliveries)
                await self._runs.batch(runs)
                if settling is not None:
                    await settling
                # The next transaction may start while these confirms are outstanding; the acks stay
                # in order, so a multiple ack never passes a delivery whose effects are unconfirmed.
                settling = asyncio.create_task(self._settle(subscription, runs, deliveries[-1].tag))
            if settling is not None:
                await settling
        finally:
            if settling is not None:
                settling.cancel()
                await asyncio.gather(settling, return_exceptions=True)

    async def _settle(self, subscription: Subscription, runs: Sequence[Run[E]], last: int) -> None:
        async with _stopped_by_failure(subscription):
            await self._finish(subscription, runs)
            await subscription.ack(last, multiple=True)

    async def _read(
        self, subscription: Subscription, deliveries: Sequence[Delivery]
    ) -> list[Run[E]]:
        """Decode; what can't be read is dead at once (its ack is the caller's)."""
        runs: list[Run[E]] = []
        for delivery in deliveries:
            try:
                runs.append(Run(delivery, self._schema.validate_json(delivery.body)))
            except ValidationError as error:
                # Not str(error): it quotes the payload, which is what the customer wrote.
                kinds = sorted({problem["type"] for problem in error.errors(include_input=False)})
                log.error("event.unreadable", queue=delivery.queue, problems=kinds)
                await subscription.bury(delivery, "unreadable")
        return runs

    async def _finish(self, subscription: Subscription, runs: Sequence[Run[E]]) -> None:
        """Publish what followed and put aside what is not done; return once all is confirmed."""
        await self._patience.until_back(lambda: self._publish(runs))
        await self._broker.hint([hint for run in runs for hint in run.handled.hints])
        for run in runs:
            if run.handled.answer is not None and run.delivery.reply_to:
                await self._broker.reply(run.delivery, run.handled.answer)
            await self._put_aside(subscription, run)

    async def _publish(self, runs: Sequence[Run[E]]) -> None:
        try:
            await self._broker.publish([event for run in runs for event in run.handled.effects])
        except UnroutableError:
            await self._publish_apart(runs)

    async def _publish_apart(self, runs: Sequence[Run[E]]) -> None:
        for run in runs:
            try:
                await self._broker.publish(run.handled.effects)
            except UnroutableError as error:
                log.error("event.dead", reason="unroutable", event_id=str(run.event.id))
                run.dead = f"unroutable: {error}"

    async def _put_aside(self, subscription: Subscription, run: Run[E]) -> None:
        """Store the copy of what is not done: for later, or for a person. The ack follows."""
        if run.dead:
            await subscription.bury(run.delivery, run.dead)
            await self._runs.settled(run)
        elif run.later:
            await subscription.retry(run.delivery)


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
