"""The poller: what has no delivery any more, or never had one, goes on from here.

Every replica has one. A conversation that another holds is skipped, and what is taken is leased by
its new `next_at`, so two replicas share the work instead of doing it twice.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import structlog

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.ids import fresh_id
from handoff_common.timing import Timing
from handoff_outbound.domain.attempt import Errand, Key
from handoff_outbound.domain.settling import due
from handoff_outbound.domain.sight import Look
from handoff_outbound.handlers.checking import Checking
from handoff_outbound.handlers.results import Results
from handoff_outbound.handlers.sending import Sending

log = structlog.get_logger()

ERRANDS = 32
"""Errands at once; more wait in the ledger."""
_REST_SECONDS = 30
"""An errand that failed by a bug is not run again sooner."""
_AWAY_SECONDS = 1


class Agenda(Protocol):
    async def errands(self, limit: int) -> Sequence[Errand]:
        """Return attempts that are due, and unresolved ones of which a report has come."""
        ...


class Poller:
    def __init__(
        self,
        agenda: Agenda,
        sending: Sending,
        checking: Checking,
        results: Results,
        timing: Timing,
    ) -> None:
        self._agenda = agenda
        self._sending = sending
        self._checking = checking
        self._results = results
        self._timing = timing
        self._stopping = asyncio.Event()
        self._busy: set[Key] = set()
        self._resting: dict[Key, float] = {}

    def stop(self) -> None:
        """Begin nothing more; `run` returns once what was begun has ended."""
        self._stopping.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self._stopping.is_set():
                pause = self._timing.poll.total_seconds()
                try:
                    await self.round(group)
                except AwayError as error:
                    log.warning("poller.waits", reason=str(error))
                    pause = max(pause, _AWAY_SECONDS)
                except UnroutableError:
                    log.exception("poller.unroutable")
                    pause = max(pause, _AWAY_SECONDS)
                except Exception:
                    log.exception("poller.failed")  # the group would only show itself
                    raise
                await self._rest(pause)

    async def round(self, group: asyncio.TaskGroup) -> None:
        """Publish what was left unpublished, and begin what is due. Raises `AwayError`."""
        await self._results.repair(self._timing.claim_age)
        free = ERRANDS - len(self._busy)
        if free <= 0:
            return
        # More than can run: the oldest may all be ones that rest.
        for errand in await self._agenda.errands(4 * ERRANDS):
            if len(self._busy) >= ERRANDS:
                return
            if errand.key not in self._busy and self._is_rested(errand.key):
                self._busy.add(errand.key)
                group.create_task(self._run(errand))

    async def _run(self, errand: Errand) -> None:
        try:
            await self.run_errand(errand)
        except AwayError as error:
            log.warning("errand.waits", reason=str(error))
        except Exception:  # a bug with this one must not stop the others, nor run hot
            log.exception("errand.failed", message_id=str(errand.key.message_id))
            self._resting[errand.key] = time.monotonic() + _REST_SECONDS
        finally:
            self._busy.discard(errand.key)

    async def run_errand(self, errand: Errand) -> None:
        """Take one attempt on from where it is. Raises `AwayError`."""
        choose = partial(due, key=errand.key, claim=fresh_id(), timing=self._timing)
        verdict = await self._sending.attempt(errand.key, errand.business, choose, wait=False)
        if isinstance(verdict, Look):
            await self._checking.check(verdict)

    def _is_rested(self, key: Key) -> bool:
        until = self._resting.get(key, 0.0)
        if until > time.monotonic():
            return False
        self._resting.pop(key, None)
        return True

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
