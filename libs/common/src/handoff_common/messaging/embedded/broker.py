"""The broker port on one SQLite file.

One process consumes; others may publish, read and replay, and are noticed within a second.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import structlog

from handoff_common.database import Database
from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import BaseEvent, event_type
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.broker import DeadLetter, Delivery
from handoff_common.messaging.embedded.journal import Journal
from handoff_common.messaging.embedded.keeper import Keeper
from handoff_common.messaging.embedded.store import Change, Event, Store
from handoff_common.messaging.embedded.subscription import EmbeddedSubscription
from handoff_common.messaging.lookout import Lookout
from handoff_common.messaging.topology import TOPOLOGY, Topology

log = structlog.get_logger()

_HINTS = 1000
"""Hints that a slow listener may have waiting before it loses the oldest."""


class EmbeddedHints:
    """Implements `Hints`."""

    def __init__(self, types: frozenset[str]) -> None:
        self._types = types
        self._arrivals: Arrivals[bytes] = Arrivals(bound=_HINTS)

    async def next(self) -> bytes:
        hint = await self._arrivals.next()
        if hint is None:
            raise AwayError("ended")
        return hint

    def offer(self, wire_type: str, body: bytes) -> None:
        if wire_type in self._types:
            self._arrivals.put(body)

    def end(self) -> None:
        self._arrivals.end()

    @property
    def dropped(self) -> int:
        return self._arrivals.dropped


class EmbeddedBroker:
    """Implements `Broker`. It can't be away; the disk can, which is an `AwayError` too."""

    def __init__(
        self, database: Database, topology: Topology = TOPOLOGY, *, ahead: int = 512
    ) -> None:
        """At most `ahead` events of each queue are in memory before they are handed out."""
        self._topology = topology
        self._store = Store(database)
        self._keeper = Keeper(self._store, ahead=ahead)
        self._journal = Journal(
            self._store, cover=self._keeper.needed_marks, committed=self._keeper.committed
        )
        self._listeners: set[EmbeddedHints] = set()
        self._lookouts: set[Lookout] = set()
        self._answers: dict[str, asyncio.Future[bytes]] = {}
        self._address = uuid4().hex

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        await self._publish(events)

    async def _publish(
        self, events: Sequence[BaseEvent], *, reply_to: str = "", correlation: str = ""
    ) -> None:
        rows: list[Event] = []
        for event in events:
            wire_type = event_type(type(event))
            queues = self._topology.queues_of(wire_type)
            if not queues:
                raise UnroutableError(wire_type)
            body = event.model_dump_json().encode()
            rows += [
                Event(queue, str(event.id), wire_type, body, 0, reply_to, correlation)
                for queue in queues
            ]
        if rows:
            await asyncio.shield(self._committed(rows))

    def _committed(self, rows: list[Event]) -> asyncio.Future[None]:
        done = self._journal.submit(Change(publish=rows))
        if self._lookouts:
            copies = {row.event_id: (row.type, row.body) for row in rows}

            def show(done: asyncio.Future[None]) -> None:
                if done.exception() is None:
                    self._show(copies.values())

            done.add_done_callback(show)
        return done

    def _show(self, copies: Iterable[tuple[str, bytes]]) -> None:
        for wire_type, body in copies:
            for lookout in self._lookouts:
                lookout.saw(wire_type, body)

    async def hint(self, events: Sequence[BaseEvent]) -> None:
        for event in events:
            wire_type, body = event_type(type(event)), event.model_dump_json().encode()
            for listener in self._listeners:
                listener.offer(wire_type, body)
            self._show([(wire_type, body)])

    @asynccontextmanager
    async def subscribe(self, queue: str, *, prefetch: int) -> AsyncGenerator[EmbeddedSubscription]:
        self._topology.check(queue)
        lane = await self._keeper.lane(queue)
        subscription = EmbeddedSubscription(
            lane, self._journal, prefetch=prefetch, delay_of=self._topology.delay_of
        )
        with self._keeper.serving(subscription):
            try:
                yield subscription
            finally:
                subscription.end()

    @asynccontextmanager
    async def listen(self, *types: type[BaseEvent]) -> AsyncGenerator[EmbeddedHints]:
        listener = EmbeddedHints(frozenset(event_type(each) for each in types))
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            listener.end()
            if listener.dropped:
                log.warning("hints.dropped", count=listener.dropped)

    @asynccontextmanager
    async def observe(self) -> AsyncGenerator[Lookout]:
        lookout = Lookout()
        self._lookouts.add(lookout)
        try:
            yield lookout
        finally:
            self._lookouts.discard(lookout)
            lookout.end()

    async def request(self, event: BaseEvent, *, timeout: timedelta) -> bytes | None:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout.total_seconds()
        correlation = uuid4().hex
        answer = self._answers[correlation] = loop.create_future()
        try:
            await self._publish([event], reply_to=self._address, correlation=correlation)
            async with asyncio.timeout_at(deadline):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._answers[correlation]

    async def reply(self, delivery: Delivery, answer: BaseEvent) -> None:
        waiting = self._answers.get(delivery.correlation)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.model_dump_json().encode())

    async def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        return await self._store.dead_letters(queue, limit)

    async def replay(self, queue: str, *, ids: Sequence[str] | None = None) -> int:
        count = await self._store.replay(queue, ids)
        self._keeper.look()
        return count

    async def depth(self, queue: str) -> int:
        return await self._store.count(queue) - self._keeper.handed_out(queue)

    async def ping(self) -> None:
        await self._store.last_number()

    async def close(self) -> None:
        await self._keeper.close()
        await self._journal.close()
