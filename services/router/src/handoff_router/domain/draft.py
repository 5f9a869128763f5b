"""The next state of a conversation while a transition works it out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from handoff_common.events import (
    AnyEvent,
    BaseEvent,
    CommandAnswered,
    CustomerWrote,
    Refusal,
    TimerKind,
)
from handoff_common.events.command import Command
from handoff_common.ids import derived_id
from handoff_router.domain.changes import Change, Step, TimerCleared, TimerSet
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import (
    KINDS,
    NOTHING,
    Conversation,
    Ended,
    Ledger,
    Outgoing,
    Turn,
    operator_of,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the transition may know beside the state, read under the same lock."""

    now: datetime
    """By the business's clock."""
    ledger: dict[UUID, Ledger] = field(default_factory=dict[UUID, Ledger])
    """Of every open message, and of the message that the event is about."""
    ended: dict[UUID, Ended] = field(default_factory=dict[UUID, Ended])
    """The message that the event is about, if it has its final state."""
    position: int | None = None
    """In the queue, if it waits; None if nobody counted."""
    restored_at: datetime | None = None
    """When the database was last put back to an earlier state, if it ever was."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a command is told."""

    command: Command
    reason: Refusal | None
    message: UUID | None = None

    def answer(self, state: Conversation, now: datetime) -> CommandAnswered:
        return CommandAnswered(
            id=derived_id(self.command.id, "command.answered.v1"),
            time=now,
            trace=self.command.trace,
            command_id=self.command.id,
            conversation_id=state.id,
            accepted=self.reason is None,
            reason=self.reason,
            owner=KINDS[type(state.owner)],
            owner_id=operator_of(state.owner),
            epoch=state.epoch,
            version=state.version,
            message_id=self.message,
        )


@dataclass(slots=True)
class Draft:
    """Collects what an event does; local to one call of `transition`, so the whole stays pure."""

    state: Conversation
    cause: BaseEvent
    policy: Policy
    facts: Facts
    before: Conversation
    events: list[AnyEvent] = field(default_factory=list[AnyEvent])
    changes: list[Change] = field(default_factory=list[Change])
    verdict: Verdict | None = None
    silenced: bool = False
    """Words of ours will never reach the customer, and the bot still owns the conversation."""
    _ids: int = 0

    @property
    def now(self) -> datetime:
        return self.facts.now

    @property
    def is_retold(self) -> bool:
        """Say whether the customer's words are from before a restore.

        They may have been answered in the time that it took back: nobody here would know.
        """
        said, mark = self.before.last_inbound_at, self.facts.restored_at
        if isinstance(self.cause, CustomerWrote):
            said = self.cause.received_at
        return mark is not None and said is not None and said < mark

    @property
    def held_retold(self) -> bool:
        """Say whether words from before a restore waited for an answer when this came."""
        said, mark = self.before.last_inbound_at, self.facts.restored_at
        waits = self.before.inbound_seq > self.before.turn.upto
        return waits and mark is not None and said is not None and said < mark

    @property
    def wants_nothing(self) -> bool:
        """Say whether the customer asked for silence, and has written nothing since."""
        return self.state.opted_out and self.state.inbound_seq <= self.state.turn.upto

    @property
    def may_write(self) -> bool:
        """Say whether WhatsApp's window is open: outside it Twilio refuses free text (63016)."""
        last = self.state.last_inbound_at
        return last is not None and self.now - last <= self.policy.free_text

    def ledger(self, message: UUID) -> Ledger:
        """Return what the ledger says of the current attempt, or of any that was accepted."""
        known = self.facts.ledger.get(message, NOTHING)
        current = next((m.attempt for m in self.state.outbox if m.id == message), known.attempt)
        return known if known.attempt == current or known.state == "accepted" else NOTHING

    def fresh(self, what: str) -> UUID:
        """Return an id derived from the cause: a redelivery makes the same ones."""
        self._ids += 1
        return derived_id(self.cause.id, what, self._ids)

    def change(self, change: Change) -> None:
        self.changes.append(change)

    def timer(self, kind: TimerKind, delay: timedelta) -> None:
        self.changes.append(TimerSet(kind, max(delay, timedelta(0))))

    def no_timer(self, kind: TimerKind) -> None:
        self.changes.append(TimerCleared(kind))

    def turn(self, turn: Turn) -> None:
        self.state = replace(self.state, turn=turn)

    def keep(self, message: Outgoing) -> None:
        """Put a changed message back into its place in the outbox."""
        outbox = tuple(message if old.id == message.id else old for old in self.state.outbox)
        self.state = replace(self.state, outbox=outbox)

    def accept(self, command: Command, message: UUID | None = None) -> None:
        self.verdict = Verdict(command, None, message)

    def refuse(self, command: Command, reason: Refusal) -> None:
        """Losing a race is an answer, not an error."""
        self.verdict = Verdict(command, reason)

    def step(self) -> Step:
        """Return the outcome; anything that changed makes a new version."""
        state = self.state
        if self.changes or self.events or state != self.before:
            state = replace(state, version=state.version + 1)
        answer = None if self.verdict is None else self.verdict.answer(state, self.now)
        return Step(state, tuple(self.events), tuple(self.changes), answer)
