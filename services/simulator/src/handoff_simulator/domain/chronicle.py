"""What happened lately, for whoever looks: a view in memory, not a record."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Generic, Protocol, TypeAlias, TypeVar

from handoff_simulator.domain.message import Message
from handoff_simulator.domain.trace import Row, Step, phone_of

KEPT = 2000


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that is new, or whose status changed; numbered among the rows of the trace."""

    number: int
    message: Message

    def is_about(self, phone: str) -> bool:
        return not phone or phone_of(self.message.customer) == phone


News: TypeAlias = Row | Changed


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=_Numbered)


class _Ring(Generic[T]):
    """The newest ones, and how far back they no longer go."""

    def __init__(self, start: int) -> None:
        self.items: deque[T] = deque(maxlen=KEPT)
        self.gone = start
        """The number of the last one that is no longer here."""

    def add(self, item: T) -> None:
        if len(self.items) == KEPT:
            self.gone = self.items[0].number
        self.items.append(item)

    def after(self, number: int) -> list[T]:
        newest_first: list[T] = []
        for item in reversed(self.items):
            if item.number <= number:
                break
            newest_first.append(item)
        return newest_first[::-1]


class Chronicle:
    """The newest rows of the trace, and the newest changes of messages, in one numbering.

    The numbers begin at `start` and grow; a start in milliseconds since 1970 is past those of the
    process before, so that a reader who comes back to another process sees the gap.
    """

    def __init__(self, now: Callable[[], datetime], start: int) -> None:
        self._now = now
        self._rows: _Ring[Row] = _Ring(start)
        self._changes: _Ring[Changed] = _Ring(start)
        self._listeners: list[Callable[[], None]] = []
        self.last = start
        """The number of what happened last."""

    def note(self, step: Step) -> None:
        """Add a row to the trace."""
        self._rows.add(Row(self._next(), self._now(), step))
        self._tell()

    def changed(self, message: Message) -> None:
        """Tell that a message is new, or has another status."""
        self._changes.add(Changed(self._next(), message))
        self._tell()

    def rows(self, phone: str, *, after: int, limit: int) -> list[Row]:
        """Return the oldest rows after a number: of one phone, or of all for an empty one."""
        found = self._rows.after(after)
        return [row for row in found if row.is_about(phone)][:limit]

    def news(self, phone: str, *, after: int) -> Iterable[News]:
        """Return everything after a number, in order."""
        rows = (row for row in self._rows.after(after) if row.is_about(phone))
        changes = (each for each in self._changes.after(after) if each.is_about(phone))
        return merge(rows, changes, key=lambda item: item.number)

    def has_lost(self, after: int) -> bool:
        """Tell whether something after this number is gone; 0 is a reader who knows nothing yet."""
        oldest = max(self._rows.gone, self._changes.gone)
        return after > self.last or 0 < after < oldest

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener whenever something happens; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _next(self) -> int:
        self.last += 1
        return self.last

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
