"""What a handler takes and gives, and how its consumer takes deliveries."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from handoff_common.events import BaseEvent

E = TypeVar("E", bound=BaseEvent)


@dataclass(frozen=True, slots=True)
class Handled:
    """What followed from one event."""

    effects: Sequence[BaseEvent] = ()
    """Published durably before the event is acknowledged."""
    hints: Sequence[BaseEvent] = ()
    """Told to whoever looks; may be lost."""
    answer: BaseEvent | None = None
    """For whoever asked, if the event was a request."""


Handle = Callable[[Sequence[E]], Awaitable[Sequence[Handled]]]
"""Handle a batch, all of it or none (one transaction); return one `Handled` per event, in order."""


class Starts(Protocol):
    """A durable record of starts of redelivered events: a process that dies leaves its mark."""

    async def begin_first(self, queue: str, event_ids: Sequence[UUID]) -> Collection[UUID]:
        """Record a start of each event that has none on record, all at once; return those."""
        ...

    async def begin(self, queue: str, event_id: UUID) -> int:
        """Record a start; return how many have not ended, this one included."""
        ...

    async def end(self, queue: str, event_ids: Sequence[UUID]) -> None:
        """Forget the starts of events that were handled, one way or the other."""
        ...


@dataclass(frozen=True, slots=True)
class Intake:
    """How a consumer takes deliveries."""

    queue: str
    batch: int = 1
    """Events per transaction at most; 1 takes them one by one."""
    workers: int = 1
    """How many handle at once; only for one by one."""
    prefetch: int = 256
    retries: int = 8
    """A transient failure is tried again so often, then it is dead. The delays are the broker's."""
