"""Keeps the lanes filled: with what other processes wrote, what was put off, what didn't fit."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress

import structlog

from handoff_common.errors import AwayError
from handoff_common.messaging.embedded.lane import Lane
from handoff_common.messaging.embedded.store import Change, Store, Waiting, now_ms
from handoff_common.messaging.embedded.subscription import EmbeddedSubscription

log = structlog.get_logger()

_POLL_SECONDS = 1.0
"""How often to look for what other processes wrote."""


class Keeper:
    """Runs from the first subscription on."""

    def __init__(self, store: Store, *, ahead: int) -> None:
        self._store = store
        self._ahead = ahead
        self._lanes: dict[str, Lane] = {}
        self._opening = asyncio.Lock()
        self._subscriptions: set[EmbeddedSubscription] = set()
        self._last = 0
        """The last number that we know of, of any queue."""
        self._wake = asyncio.Event()
        self._closed = False
        self._keeping: asyncio.Task[None] | None = None

    async def lane(self, queue: str) -> Lane:
        async with self._opening:
            if queue not in self._lanes:
                mark = await self._store.mark(queue)
                self._lanes[queue] = Lane(
                    queue, mark=mark, ahead=self._ahead, emptied=self._wake.set
                )
        return self._lanes[queue]

    @contextmanager
    def serving(self, subscription: EmbeddedSubscription) -> Generator[None]:
        """Keep the lanes filled for a subscription, and tell it when that fails."""
        self._subscriptions.add(subscription)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())
            self._keeping.add_done_callback(self._ended)
        self._wake.set()
        try:
            yield
        finally:
            self._subscriptions.discard(subscription)

    def needed_marks(self, waiting: Sequence[Waiting]) -> dict[str, int]:
        """Return the marks to commit together with these, to hand them out at once."""
        marks: dict[str, int] = {}
        for item in waiting:
            lane = self._lanes.get(item.event.queue)
            if lane is not None and (mark := lane.mark_for(item.number)) is not None:
                marks[lane.queue] = mark
        return marks

    def committed(
        self, change: Change, waiting: Sequence[Waiting], marks: Mapping[str, int]
    ) -> None:
        """Take note of what our own journal wrote."""
        for queue, mark in marks.items():
            self._lanes[queue].marked(mark)
        if waiting:
            self._saw(waiting[0].number - 1)
            self._last = max(self._last, waiting[-1].number)
        for item in waiting:
            if lane := self._lanes.get(item.event.queue):
                lane.offer(item)
        if change.delay or any(lane.wanted for lane in self._lanes.values()):
            self._wake.set()

    def _saw(self, number: int) -> None:
        """Somebody else wrote if a number exists that we don't know: no lane is complete then."""
        if number == self._last:
            return
        self._last = max(self._last, number)
        for lane in self._lanes.values():
            lane.doubt()

    def look(self) -> None:
        """Look now for what was written past the journal."""
        self._wake.set()

    def handed_out(self, queue: str) -> int:
        lane = self._lanes.get(queue)
        return lane.handed_out if lane else 0

    async def close(self) -> None:
        self._closed = True
        self._wake.set()
        if self._keeping is not None:
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep(self) -> None:
        while not self._closed:
            self._wake.clear()
            pause = _POLL_SECONDS
            try:
                pause = await self._tend()
            except AwayError as error:
                self._lose(str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _ended(self, keeping: asyncio.Task[None]) -> None:
        if not keeping.cancelled() and (error := keeping.exception()) is not None:
            log.critical("keeper.crashed", exc_info=error)
            self._lose("crashed")

    def _lose(self, reason: str) -> None:
        for subscription in self._subscriptions:
            subscription.lose(reason)

    async def _tend(self) -> float:
        """Fill the lanes; return the seconds until something will be due."""
        due = await self._store.next_due_ms()
        if due is not None and due <= now_ms():
            await self._store.release_due(now_ms())
            due = await self._store.next_due_ms()
        self._saw(await self._store.last_number())
        for lane in list(self._lanes.values()):
            while lane.wanted and not self._closed:
                await self._load(lane)
            if (mark := lane.wanted_mark) is not None:
                await self._store.set_mark(lane.queue, mark)
                lane.marked(mark)
        return _POLL_SECONDS if due is None else min(_POLL_SECONDS, max(0, due - now_ms()) / 1000)

    async def _load(self, lane: Lane) -> None:
        wanted = lane.wanted
        lane.loading()
        events = await self._store.load(lane.queue, after=lane.cursor, limit=wanted)
        lane.loaded(events, all_of_them=len(events) < wanted)
