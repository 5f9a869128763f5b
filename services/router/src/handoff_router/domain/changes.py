"""What a transition wants written down. The shell does it, many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events import AnyEvent, Brief, CommandAnswered, CustomerWrote, TimerKind
from handoff_router.domain.state import Conversation, Outgoing

MACHINE_TIMERS: frozenset[TimerKind] = frozenset({"send_overdue", "settling", "undecided"})
"""Deadlines of the send protocol: they pass when the machine's time does, and must not come early
because somebody moved the business forward. All others are the business's."""

FinalStatus: TypeAlias = Literal["accepted", "refused", "superseded", "unconfirmed", "given_up"]


@dataclass(frozen=True, slots=True)
class Received:
    """A customer's message enters the timeline."""

    id: UUID
    seq: int
    event: CustomerWrote


@dataclass(frozen=True, slots=True)
class Queued:
    """A message to the customer enters the timeline and the outbox."""

    message: Outgoing
    author: Literal["bot", "system", "operator"]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A message has its final state."""

    id: UUID
    status: FinalStatus
    sid: str | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class HandoffOpened:
    id: UUID
    reason: str
    seq: int


@dataclass(frozen=True, slots=True)
class HandoffBriefed:
    id: UUID
    brief: Brief


@dataclass(frozen=True, slots=True)
class HandoffClaimed:
    id: UUID
    operator: UUID


@dataclass(frozen=True, slots=True)
class HandoffGranted:
    """The takeover is over: nothing automatic can start its way to the customer any more."""

    id: UUID
    forced: bool = False
    """An attempt was still open when the wait ended."""


@dataclass(frozen=True, slots=True)
class HandoffClosed:
    id: UUID
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class TimerSet:
    kind: TimerKind
    delay: timedelta


@dataclass(frozen=True, slots=True)
class TimerCleared:
    kind: TimerKind


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """The customer asked for silence, or took it back."""

    opted_out: bool


Change: TypeAlias = (
    Received
    | Queued
    | Settled
    | HandoffOpened
    | HandoffBriefed
    | HandoffClaimed
    | HandoffGranted
    | HandoffClosed
    | TimerSet
    | TimerCleared
    | ConsentChanged
)


@dataclass(frozen=True, slots=True)
class Step:
    """What an event does to a conversation."""

    state: Conversation
    events: tuple[AnyEvent, ...] = ()
    changes: tuple[Change, ...] = ()
    answer: CommandAnswered | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What followed from an event when it was handled the first time."""

    events: Sequence[AnyEvent] = ()
    answer: CommandAnswered | None = None
    digest: str = ""
    """Of the command that was answered."""
