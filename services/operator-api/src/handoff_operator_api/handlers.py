"""Hints of the router, handed to every stream of this process that looks."""

import asyncio
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Protocol

import structlog
from pydantic import ValidationError

from handoff_common.errors import AwayError
from handoff_common.events import BaseEvent, ConversationChanged
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.broker import Hints
from handoff_operator_api.domain.feed import Change, Memory, Resync, Sight, Told

log = structlog.get_logger()

BACKLOG = 256
"""Changes that a stream may have waiting: many screens full; who is further behind reads anew."""
RECONNECT_SECONDS = (0.1, 0.2, 0.5, 1, 2)


class Listening(Protocol):
    """What of the broker port is needed here."""

    def listen(self, *types: type[BaseEvent]) -> AbstractAsyncContextManager[Hints]: ...


class Watch:
    """What one stream is told, bounded: a reader that does not keep up loses its place."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self._told: Arrivals[Told] = Arrivals(bound=BACKLOG)

    async def next(self) -> Told:
        """Wait for the next thing. Raises `AwayError` once something had to be dropped."""
        told = await self._told.next()
        if told is None:
            raise AwayError("ended")
        return told

    def tell(self, told: Told) -> None:
        if self._told.dropped:
            return
        self._told.put(told)
        if self._told.dropped:
            self._told.lose("fell behind")


class Fanout:
    """One listener a process, however many streams there are."""

    def __init__(self, broker: Listening) -> None:
        self._broker = broker
        self._memory = Memory()
        self._watches: set[Watch] = set()

    async def run(self) -> None:
        """Listen until cancelled, through every loss of the broker."""
        failures = 0
        while True:
            try:
                async with self._broker.listen(ConversationChanged) as hints:
                    failures = 0
                    self._begin()
                    while True:
                        self._spread(await hints.next())
            except AwayError as error:
                pause = RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]
                failures += 1
                log.warning("feed.lost", reason=str(error))
                await asyncio.sleep(pause)

    @contextmanager
    def watching(self, sight: Sight) -> Generator[Watch]:
        """Lend a stream its share of what comes from now on."""
        watch = Watch(sight)
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def _begin(self) -> None:
        """Whoever watches already has missed what came while nobody listened."""
        self._memory.forget()
        for watch in self._watches:
            watch.tell(Resync())

    def _spread(self, body: bytes) -> None:
        try:
            hint = ConversationChanged.model_validate_json(body)
        except ValidationError:
            log.warning("feed.hint_unreadable")
            self._begin()
            return
        change = Change(hint.conversation_id, hint.version, hint.owner, hint.operator_id, hint.time)
        before = self._memory.before(change)
        for watch in self._watches:
            if watch.sight.covers(change, before):
                watch.tell(change)
