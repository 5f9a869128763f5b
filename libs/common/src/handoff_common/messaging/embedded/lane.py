"""The head of one queue in memory, and who consumes it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from handoff_common.messaging.embedded.store import Waiting

MARK_WINDOW = 32
"""Numbers by which a mark runs ahead of what is handed out: one more row to write for so many
events, and about so many that count as redelivered after a crash although nobody had them."""


@dataclass(frozen=True, slots=True)
class Held:
    """An event in memory, ready to be handed out."""

    waiting: Waiting
    redelivered: bool


class Lane:
    """Hands out events only up to the mark, which is committed before."""

    def __init__(self, queue: str, *, mark: int, ahead: int, emptied: Callable[[], None]) -> None:
        """Take whom to tell when events should be loaded, or a mark set."""
        self.queue = queue
        self.changed = asyncio.Event()
        """Pulses when there may be something to take."""
        self.mark = mark
        self.cursor = 0
        """The number of the last event that was loaded."""
        self.handed_out = 0
        self._old = mark
        self._ahead = ahead
        self._emptied = emptied
        self._head: deque[Held] = deque()
        self._complete = False
        """Nothing waits in the table beyond the cursor."""
        self._missed = False

    @property
    def wanted(self) -> int:
        """How many events should be loaded from the table now."""
        if self._complete or len(self._head) > self._ahead // 2:
            return 0
        return self._ahead - len(self._head)

    @property
    def wanted_mark(self) -> int | None:
        """The mark to commit, if what comes next is beyond the present one or nearly so."""
        return self._mark_beyond(self._head[0].waiting.number) if self._head else None

    def mark_for(self, number: int) -> int | None:
        """Return the mark to commit together with a new event, which may be handed out at once."""
        soon = self._complete and len(self._head) < MARK_WINDOW // 2
        return self._mark_beyond(number) if soon else None

    def _mark_beyond(self, number: int) -> int | None:
        return number + MARK_WINDOW if number > self.mark - MARK_WINDOW // 2 else None

    def marked(self, number: int) -> None:
        self.mark = max(self.mark, number)
        self.pulse()

    def doubt(self) -> None:
        """Look into the table before being complete again: somebody may have written there."""
        self._complete = False
        self._missed = True

    def offer(self, waiting: Waiting) -> None:
        """Take a new event without reading it back, if nothing is before it in the table."""
        if waiting.number <= self.cursor:
            return  # a load that ran at the same time has it
        if self._complete and len(self._head) < self._ahead:
            self._append([waiting])
        else:
            self.doubt()

    def loading(self) -> None:
        self._missed = False

    def loaded(self, events: Sequence[Waiting], *, all_of_them: bool) -> None:
        self._append(events)
        self._complete = all_of_them and not self._missed

    def _append(self, events: Iterable[Waiting]) -> None:
        for waiting in events:
            self._head.append(Held(waiting, redelivered=waiting.number <= self._old))
            self.cursor = waiting.number
        self.pulse()

    def take(self, limit: int) -> list[Held]:
        taken: list[Held] = []
        while self._head and len(taken) < limit and self._head[0].waiting.number <= self.mark:
            taken.append(self._head.popleft())
        self.handed_out += len(taken)
        if self.wanted or self.wanted_mark is not None:
            self._emptied()
        return taken

    def settled(self, count: int) -> None:
        self.handed_out -= count
        self.pulse()

    def give_back(self, events: Iterable[Held]) -> None:
        """Take events again that a consumer did not settle."""
        again = [Held(held.waiting, redelivered=True) for held in events]
        self.handed_out -= len(again)
        both = sorted([*again, *self._head], key=lambda held: held.waiting.number)
        self._head = deque(both)
        self.pulse()

    def pulse(self) -> None:
        self.changed.set()
        self.changed.clear()
