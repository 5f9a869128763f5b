"""The port: what we need of a message broker, and nothing that only one of them has.

Both implementations pass the same contract suite. At least once, in no promised order:
every consumer accepts duplicates, and order is data.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handoff_common.events import BaseEvent


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event handed to one consumer, to be settled exactly once."""

    tag: int
    """Grows within a subscription; settles this delivery and, with `multiple`, all before it."""
    queue: str
    type: str
    body: bytes
    attempt: int = 0
    """How often it was put off by `Subscription.retry`."""
    redelivered: bool = False
    """Some consumer may have started it before and died."""
    reply_to: str = ""
    """Where the answer to a request goes; empty when nobody waits. Opaque."""
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a person has to look at."""

    id: str
    """Names it for `replay`: its event's id, or one of the letter's own if it is unreadable."""
    queue: str
    type: str
    reason: str
    died_at: datetime | None
    body: bytes


class Subscription(Protocol):
    """One consumer of one queue. What it has not acknowledged when it ends is delivered again."""

    async def next(self) -> Delivery | None:
        """Return the next delivery, or None once `stop` was called and nothing is left to hand out.

        Raises `AwayError` when the broker lost us: what was not settled will be delivered again.
        """
        ...

    def ready(self, limit: int) -> list[Delivery]:
        """Return what has arrived by now, at most `limit`, without waiting."""
        ...

    async def ack(self, tag: int, *, multiple: bool = False) -> None:
        """Settle a delivery; with `multiple`, every unsettled one up to it. Raises `AwayError`.

        A broker does not confirm it: an ack that is lost means another delivery.
        """
        ...

    async def retry(self, delivery: Delivery) -> None:
        """Store a copy to be delivered later, by the step of `delivery.attempt`; ack follows."""
        ...

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """Store a copy among the dead letters of the queue; ack follows."""
        ...

    async def stop(self) -> None:
        """Ask for no more; what was handed out may still be settled, what was not goes back."""
        ...


class Hints(Protocol):
    """Transient events as they come: to every instance that listens, to nobody if nobody does."""

    async def next(self) -> bytes:
        """Return the next hint's body. Raises `AwayError` when the broker lost us."""
        ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """A copy of an event, for whoever looks on."""

    type: str
    body: bytes
    missed: int = 0
    """How many were dropped just before this one, because nobody took them in time."""


class Sightings(Protocol):
    """What goes by, as it goes by; nothing is kept for who is not there."""

    async def next(self) -> Sighting:
        """Return the next copy. Raises `AwayError` when the broker lost us."""
        ...


class Broker(Protocol):
    async def publish(self, events: Sequence[BaseEvent]) -> None:
        """Publish durably; return once every event is confirmed.

        Raises `UnroutableError` when no queue wants one of them, `AwayError` when the broker did
        not confirm in time: they may or may not have arrived, so publish them again.
        """
        ...

    async def hint(self, events: Sequence[BaseEvent]) -> None:
        """Tell every instance that listens. Not durable; a broker that is away is not an error."""
        ...

    def subscribe(self, queue: str, *, prefetch: int) -> AbstractAsyncContextManager[Subscription]:
        """Consume a queue, competing with others; at most `prefetch` unsettled at a time.

        Entering raises `AwayError` while the broker can't be reached.
        """
        ...

    def listen(self, *types: type[BaseEvent]) -> AbstractAsyncContextManager[Hints]:
        """Receive a copy of every hint of these types, beside every other instance that listens."""
        ...

    def observe(self) -> AbstractAsyncContextManager[Sightings]:
        """See a copy of every event and hint from now on; for trying out, not for working.

        No publisher waits for an observer: of what it does not take in time, the oldest is dropped
        and counted. An embedded broker shows what its own process publishes, after the commit.
        RabbitMQ takes an observer for somebody who wants every event, so while one looks on, a
        stored effect that nobody else wants is no error: entering makes sure that every queue is
        there, and raises `AwayError`.
        """
        ...

    async def request(
        self,
        event: BaseEvent,
        *,
        timeout: timedelta,  # noqa: ASYNC109  # the deadline is the broker's to keep
    ) -> bytes | None:
        """Publish durably and wait for the answer; None if none came. Raises like `publish`."""
        ...

    async def reply(self, delivery: Delivery, answer: BaseEvent) -> None:
        """Answer a request. Not durable; nobody may be waiting any more."""
        ...

    async def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        """List dead letters of a queue, oldest first, without consuming them."""
        ...

    async def replay(self, queue: str, *, ids: Sequence[str] | None = None) -> int:
        """Put dead letters back into their queue, all or those named; return how many."""
        ...

    async def depth(self, queue: str) -> int:
        """Return how many events wait in the queue."""
        ...

    async def ping(self) -> None:
        """Return if the broker can take and deliver events now; raises `AwayError`."""
        ...

    async def close(self) -> None:
        """Let go of the broker; subscriptions must have ended."""
        ...
