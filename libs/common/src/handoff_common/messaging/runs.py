"""Running events through their handler: many together, or one alone.

A redelivered event may be what killed whoever had it, so a start of it is recorded first and
forgotten when it ends. The first time that is done for a whole batch in one transaction: after a
crash, hundreds come again, and nearly all of them are innocent. Whoever has a start on record runs
alone, so what kills its process is alone when it does it again, and is quarantined after three.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from handoff_common.errors import AwayError, TransientError
from handoff_common.events import BaseEvent
from handoff_common.messaging.broker import Delivery
from handoff_common.messaging.handling import E, Handle, Handled, Intake, Starts
from handoff_common.messaging.patience import Patience

log = structlog.get_logger()

MAX_STARTS = 3
"""A redelivered event that was started so often, and never ended, kills its process: quarantine."""
QUARANTINED = "quarantined"


@dataclass(slots=True)
class Run(Generic[E]):
    """A delivery that was understood, and what became of it."""

    delivery: Delivery
    event: E
    handled: Handled = field(default_factory=Handled)
    dead: str = ""
    later: bool = False


class Runs(Generic[E]):
    """Raises `AwayError` when we are to stop while a server is away: then nothing is settled."""

    def __init__(
        self, intake: Intake, handle: Handle[E], starts: Starts, patience: Patience
    ) -> None:
        self._intake = intake
        self._handle = handle
        self._starts = starts
        self._patience = patience
        self._alone_with = WeakValueDictionary[UUID, asyncio.Lock]()

    async def batch(self, runs: Sequence[Run[E]]) -> None:
        """Handle what came at once; first what came before."""
        await self._again([run for run in runs if run.delivery.redelivered])
        await self._together([run for run in runs if not run.delivery.redelivered])

    async def one(self, run: Run[E]) -> None:
        """Handle one event; if it was delivered before, with its start on record."""
        if run.delivery.redelivered:
            _log_again(run)
            await self._alone(run)
        else:
            await self._try(run)

    async def settled(self, run: Run[E]) -> None:
        """Forget the starts of what was quarantined, now that it is among the dead letters.

        Not before: should another event kill us meanwhile, it would begin anew.
        """
        if run.dead == QUARANTINED:
            await self._end([run.event.id])

    async def _again(self, runs: Sequence[Run[E]]) -> None:
        """Handle redelivered events: together those that were never started on record."""
        if not runs:
            return
        for run in runs:
            _log_again(run)
        ids = sorted({run.event.id for run in runs})
        first = await self._patience.until_back(
            lambda: self._starts.begin_first(self._intake.queue, ids)
        )
        if first:
            await self._together([run for run in runs if run.event.id in first])
            await self._end(sorted(first))
        for run in runs:
            if run.event.id not in first:
                await self._alone(run)

    async def _together(self, runs: Sequence[Run[E]]) -> None:
        """Handle events in one transaction; if it fails, take the batch apart."""
        if not runs:
            return
        if len(runs) == 1:
            await self._try(runs[0])
            return
        try:
            handled = await self._patiently([run.event for run in runs])
            outcomes = list(zip(runs, handled, strict=True))
        except AwayError:
            raise  # we stop before it was back: nothing is settled, all of it comes again
        except Exception as error:  # noqa: BLE001  # one of them; alone, each finds its own end
            log.warning("batch.taken_apart", size=len(runs), reason=type(error).__name__)
            for run in runs:
                await self._try(run)
        else:
            for run, outcome in outcomes:
                run.handled = outcome

    async def _alone(self, run: Run[E]) -> None:
        # Copies of one event come after each other: counted at once, they would look like starts
        # that a dead process left behind.
        lock = self._alone_with.setdefault(run.event.id, asyncio.Lock())
        async with lock:
            await self._recorded(run)

    async def _recorded(self, run: Run[E]) -> None:
        queue, event_id = self._intake.queue, run.event.id
        count = await self._patience.until_back(lambda: self._starts.begin(queue, event_id))
        if count > MAX_STARTS:
            log.error("event.quarantined", queue=queue, event_id=str(event_id), starts=count - 1)
            run.dead = QUARANTINED
        else:
            await self._try(run)
            await self._end([event_id])

    async def _end(self, event_ids: Sequence[UUID]) -> None:
        await self._patience.until_back(lambda: self._starts.end(self._intake.queue, event_ids))

    async def _try(self, run: Run[E]) -> None:
        event = run.event
        with structlog.contextvars.bound_contextvars(
            event_id=str(event.id), subject_id=_loggable(event), trace=event.trace
        ):
            try:
                [run.handled] = await self._patiently([event])
            except TransientError as error:
                if run.delivery.attempt >= self._intake.retries:
                    log.error("event.dead", reason="retries exhausted")
                    run.dead = f"retries exhausted: {error}"
                else:
                    log.warning("event.retried", reason=str(error), attempt=run.delivery.attempt)
                    run.later = True
            except AwayError:
                raise  # as above: a server that is away is nobody's fault
            except Exception as error:  # a bug or a refusal: a person reads the dead letters
                log.exception("event.dead")
                run.dead = type(error).__name__

    async def _patiently(self, events: Sequence[E]) -> Sequence[Handled]:
        return await self._patience.until_back(lambda: self._handle(events))


def _log_again(run: Run[E]) -> None:
    log.info("event.redelivered", queue=run.delivery.queue, event_id=str(run.event.id))


def _loggable(event: BaseEvent) -> str:
    """Return the conversation's id; an address pair names a person, so not that."""
    return "" if "|" in event.subject else event.subject
