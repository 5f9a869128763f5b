"""A conversation on paper: the transition driven event by event, beside a ledger."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from handoff_common.events import (
    AnyEvent,
    BotEscalated,
    BotFailed,
    BotReplied,
    BotRequested,
    Brief,
    ClaimRequested,
    CloseRequested,
    CustomerWrote,
    DoubtDecided,
    HandoffBriefed,
    MessageAccepted,
    MessageReleased,
    ReplyRequested,
    ReturnRequested,
    TimerFired,
    TimerKind,
)
from handoff_router.domain.changes import Change, Queued, Settled, Step
from handoff_router.domain.conversation import Input, transition
from handoff_router.domain.draft import Facts
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import Conversation, Ended, Ledger, LedgerState, Outgoing

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
CONVERSATION = UUID(int=100)
HELENA, RUI = UUID(int=1), UUID(int=2)


@dataclass
class Desk:
    """Everything that happened to one conversation."""

    state: Conversation = field(
        default_factory=lambda: Conversation(CONVERSATION, "whatsapp:+1", "whatsapp:+2")
    )
    policy: Policy = field(default_factory=Policy)
    now: datetime = START
    ledger: dict[UUID, Ledger] = field(default_factory=dict[UUID, Ledger])
    ended: dict[UUID, Ended] = field(default_factory=dict[UUID, Ended])
    messages: dict[UUID, Outgoing] = field(default_factory=dict[UUID, Outgoing])
    position: int | None = None
    restored_at: datetime | None = None
    steps: list[Step] = field(default_factory=list[Step])
    _ids: int = 1000

    def id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def do(self, event: Input) -> Step:
        facts = Facts(
            self.now, dict(self.ledger), dict(self.ended), self.position, self.restored_at
        )
        step = transition(self.state, event, self.policy, facts)
        queued = [change.message for change in step.changes if isinstance(change, Queued)]
        self.messages |= {m.id: m for m in (*self.state.outbox, *queued)}
        for change in step.changes:
            if isinstance(change, Settled):
                self.ended[change.id] = self.messages[change.id].ended(change.status)
        self.state = step.state
        self.steps.append(step)
        return step

    @property
    def events(self) -> list[AnyEvent]:
        return [event for step in self.steps for event in step.events]

    @property
    def changes(self) -> list[Change]:
        return [change for step in self.steps for change in step.changes]

    @property
    def released(self) -> list[MessageReleased]:
        return [event for event in self.events if isinstance(event, MessageReleased)]

    @property
    def settled(self) -> dict[UUID, str]:
        return {c.id: c.status for c in self.changes if isinstance(c, Settled)}

    @property
    def holder(self) -> Outgoing | None:
        return next((m for m in self.state.outbox if m.id == self.state.window), None)

    def wrote(self, text: str = "oi", *, ago: timedelta = timedelta(0)) -> Step:
        ident = self.id()
        return self.do(
            CustomerWrote(
                id=ident, time=self.now, message_sid=f"SM{ident.hex}", customer="whatsapp:+1",
                business="whatsapp:+2", text=text, received_at=self.now - ago,
            )
        )  # fmt: skip

    def timer(self, kind: TimerKind) -> Step:
        return self.do(
            TimerFired(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, kind=kind, generation=1
            )
        )

    def replied(self, text: str = "resposta", *, turn: int = 0, epoch: int | None = None) -> Step:
        return self.do(
            BotReplied(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, text=text,
                epoch=self.state.epoch if epoch is None else epoch,
                turn=turn or self.state.turn.number,
            )
        )  # fmt: skip

    def escalated(self, text: str = "") -> Step:
        return self.do(
            BotEscalated(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, reason="sensitive",
                epoch=self.state.epoch, turn=self.state.turn.number, text=text,
            )
        )  # fmt: skip

    def failed(self) -> Step:
        return self.do(
            BotFailed(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, reason="timeout",
                epoch=self.state.epoch, turn=self.state.turn.number,
            )
        )  # fmt: skip

    def briefed(self, handoff: UUID) -> Step:
        brief = Brief(category="other", summary="resumo", language="pt-BR")
        return self.do(
            HandoffBriefed(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, handoff_id=handoff,
                brief=brief,
            )
        )  # fmt: skip

    def outbound(self, state: LedgerState, *, tell: bool = True) -> None:
        """Let outbound record something about the message in the window, and perhaps say so."""
        holder = self.holder
        if holder is None:
            return
        sid = f"SM{holder.id.hex}" if state == "accepted" else None
        known = self.ledger.get(holder.id)
        claimed = known.claimed_at if known and known.claimed_at else self.now
        code = 63016 if state == "refused" else None
        self.ledger[holder.id] = Ledger(state, holder.attempt, sid, code, claimed)
        if tell:
            self.result(holder)

    def result(self, message: Outgoing) -> Step:
        return self.do(
            MessageAccepted(
                id=self.id(), time=self.now, conversation_id=CONVERSATION, message_id=message.id,
                attempt=message.attempt, message_sid="SM1",
            )
        )  # fmt: skip

    def _envelope(self, who: UUID) -> dict[str, object]:
        return {
            "id": self.id(), "time": self.now, "conversation_id": CONVERSATION, "operator_id": who,
            "epoch_seen": 0, "expires_at": self.now + timedelta(seconds=30), "digest": "",
        }  # fmt: skip

    def claim(self, who: UUID = HELENA, *, late: timedelta = timedelta(0)) -> Step:
        command = ClaimRequested.model_validate(self._envelope(who))
        self.now += late
        return self.do(command)

    def reply(self, text: str = "olá", who: UUID = HELENA, *, seen: int = 0) -> Step:
        fields = self._envelope(who) | {"text": text, "seq_seen": seen}
        return self.do(ReplyRequested.model_validate(fields))

    def give_back(self, note: str = "feito", who: UUID = HELENA) -> Step:
        return self.do(ReturnRequested.model_validate(self._envelope(who) | {"note": note}))

    def close(self, who: UUID = HELENA, *, seen: int = 0) -> Step:
        fields = self._envelope(who) | {"outcome": "resolved", "seq_seen": seen}
        return self.do(CloseRequested.model_validate(fields))

    def decide(self, message: UUID, *, resend: bool, who: UUID = HELENA) -> Step:
        fields = self._envelope(who) | {"message_id": message, "resend": resend}
        return self.do(DoubtDecided.model_validate(fields))


def answered(text: str = "resposta") -> Desk:
    """Return a desk where the bot's answer has just been released."""
    desk = Desk()
    desk.wrote()
    desk.timer("pause")
    desk.replied(text)
    return desk


def with_person() -> Desk:
    """Return a desk where Helena answers."""
    desk = Desk()
    desk.wrote("quero falar com um atendente")
    desk.outbound("accepted")
    desk.claim()
    return desk


def asked(desk: Desk) -> BotRequested | None:
    """Return the turn that the bot is asked for when the pause has passed."""
    before = len(desk.events)
    desk.timer("pause")
    return next((e for e in desk.events[before:] if isinstance(e, BotRequested)), None)
