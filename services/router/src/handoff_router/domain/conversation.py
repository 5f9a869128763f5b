"""Who answers the customer, and when that changes.

Rule 1: a conversation changes hands in `transition` (by `ownership`), and nowhere else.
Rule 2: exactly one owner at any time: the bot, a queue, or one operator (`Claiming`, `Human`).
Rule 3: each change of owner raises the epoch. It fences automatic messages, never an operator's.
Rule 4: a takeover is granted when no automatic message can start its way any more: at once, or
        after the one attempt that is open has settled (`Claiming`).
Rule 5: what the customer wrote waits for an answer until it has one: the bot's, a person's, or a
        person's word that the matter is done. Where the bot owns it, a turn of its own answers.
Rule 6: total. What comes late, twice or out of turn does nothing; a lost race is an answer.
"""

from dataclasses import replace
from typing import TypeAlias, cast

from handoff_common.events import (
    BotEscalated,
    BotFailed,
    BotReplied,
    ClaimRequested,
    CloseRequested,
    CustomerWrote,
    DeliveryReported,
    DoubtDecided,
    HandoffBriefed,
    HandoffReason,
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageSuperseded,
    ReplyRequested,
    ReturnRequested,
    TimerFired,
)
from handoff_router.domain import episode, ownership, turn, window
from handoff_router.domain.changes import ConsentChanged, Received, Step
from handoff_router.domain.draft import Draft, Facts
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import (
    Bot,
    Claiming,
    Conversation,
    Human,
    Waiting,
    operator_of,
)
from handoff_router.domain.words import ends_silence, wants_person, wants_silence

Decision: TypeAlias = BotReplied | BotEscalated | BotFailed
Result: TypeAlias = MessageAccepted | MessageRefused | MessageDoubtful | MessageSuperseded
Command: TypeAlias = (
    ClaimRequested | ReplyRequested | ReturnRequested | CloseRequested | DoubtDecided
)
Input: TypeAlias = CustomerWrote | Decision | Result | TimerFired | HandoffBriefed | Command
RouterInput: TypeAlias = Input | DeliveryReported
"""What reaches the router; a delivery report tells of a message and decides nothing."""


def transition(state: Conversation, event: Input, policy: Policy, facts: Facts) -> Step:
    """Return what `event` does to a conversation: its next state, and what follows from it."""
    draft = Draft(state, event, policy, facts, before=state)
    match event:
        case CustomerWrote():
            _customer_wrote(draft, event)
        case BotReplied() | BotEscalated() | BotFailed():
            _bot_decided(draft, event)
        case MessageAccepted() | MessageRefused() | MessageDoubtful() | MessageSuperseded():
            window.late_result(draft, event.message_id)
            window.look(draft)
            ownership.grant_if_settled(draft)
        case TimerFired():
            _timer_fired(draft, event)
        case HandoffBriefed():
            episode.briefed(draft, event)
        case _:
            _command(draft, event)
    if draft.silenced and not draft.wants_nothing:
        ownership.open_handoff(draft, "send_failed", draft.policy.texts.bot_failed)
    if isinstance(draft.state.owner, Bot):
        turn.resume(draft)
    return draft.step()


# What customers do


def _customer_wrote(draft: Draft, event: CustomerWrote) -> None:
    seq = draft.state.seq + 1
    known = draft.state.last_inbound_at
    last = event.received_at if known is None else max(known, event.received_at)
    draft.state = replace(draft.state, seq=seq, inbound_seq=seq, last_inbound_at=last)
    draft.turn(replace(draft.state.turn, since=draft.state.turn.since or event.received_at))
    draft.change(Received(event.id, seq, event))
    if wants_silence(event.text):
        _opt_out(draft)
        return
    if draft.state.opted_out and ends_silence(event.text):
        _consent(draft, opted_out=False)
    match draft.state.owner:
        case Bot() if wants_person(event.text):
            ownership.open_handoff(draft, "customer_request", draft.policy.texts.handoff)
        case Bot() if draft.is_retold:
            ownership.restored(draft, upto=seq)
        case Bot() if draft.held_retold:
            ownership.restored(draft, draft.policy.texts.late, upto=seq - 1)
        case Bot():
            turn.collect(draft)
        case Waiting() if wants_person(event.text):
            texts, position = draft.policy.texts, draft.facts.position
            window.say(
                draft, texts.position.format(position=position) if position else texts.waiting
            )
        case _:
            pass  # a person reads it


def _opt_out(draft: Draft) -> None:
    """Record consent, confirm once, stop: nothing written until here waits for an answer."""
    turn.stop(draft)
    window.drop(draft)
    turn.answered(draft, draft.state.seq)
    if not draft.state.opted_out:
        _consent(draft, opted_out=True)
        if not isinstance(draft.state.owner, Claiming | Human):
            window.say(draft, draft.policy.texts.opted_out)


def _consent(draft: Draft, *, opted_out: bool) -> None:
    draft.state = replace(draft.state, opted_out=opted_out)
    draft.change(ConsentChanged(opted_out))


# What the bot decides


def _bot_decided(draft: Draft, decision: Decision) -> None:
    """Only the turn that runs now, under the epoch that it was asked in, may speak."""
    if not isinstance(draft.state.owner, Bot) or not turn.is_current(draft, decision):
        return
    match decision:
        case BotReplied() if draft.is_retold:
            ownership.restored(draft, upto=draft.state.inbound_seq)
        case BotReplied() if not decision.text.strip():
            ownership.open_handoff(draft, "bot_failed", draft.policy.texts.bot_failed)
        case BotReplied():
            before = draft.state.turn.upto
            turn.stop(draft)
            turn.answered(draft, draft.state.turn.asked)
            window.say_for_bot(draft, decision.text, decision.sources, answers_after=before)
        case BotEscalated():
            text = decision.text or draft.policy.texts.handoff
            reason = cast("HandoffReason", decision.reason)  # or any text: another bot's
            ownership.open_handoff(draft, reason, text)
        case BotFailed():
            ownership.open_handoff(draft, "bot_failed", draft.policy.texts.bot_failed)


# Deadlines


def _timer_fired(draft: Draft, event: TimerFired) -> None:
    running = draft.state.turn.state
    match event.kind:
        case "pause" if running == "pausing" and draft.is_retold:
            ownership.restored(draft, upto=draft.state.inbound_seq)
        case "pause" if running == "pausing" and turn.is_stale(draft):
            ownership.open_handoff(draft, "late", draft.policy.texts.late)
        case "pause" if running == "pausing":
            turn.ask(draft)
        case "turn_overdue" if running == "running":
            ownership.open_handoff(draft, "bot_silent", draft.policy.texts.bot_failed)
        case "send_overdue":
            holder = draft.state.window
            window.look(draft)
            if draft.state.window == holder:
                window.overdue(draft)
            ownership.grant_if_settled(draft)
        case "settling":
            window.look(draft)
            ownership.grant_if_settled(draft, waited=True)
        case "handoff_unanswered":
            ownership.overdue(draft)
        case "undecided":
            window.look(draft)
            window.undecided(draft)
            ownership.grant_if_settled(draft)
        case _:
            pass


# What operators do


def _command(draft: Draft, command: Command) -> None:
    if command.expires_at < draft.now:
        draft.refuse(command, "expired")
        return
    match command:
        case ClaimRequested():
            ownership.claim(draft, command)
        case ReplyRequested():
            _reply(draft, command)
        case ReturnRequested() | CloseRequested():
            ownership.end_handoff(draft, command)
        case DoubtDecided():
            window.decide(draft, command)


def _reply(draft: Draft, command: ReplyRequested) -> None:
    holder = operator_of(draft.state.owner)
    if holder is None:
        draft.refuse(command, "claim_first")
    elif holder != command.operator_id:
        draft.refuse(command, "taken")
    elif not draft.may_write:
        draft.refuse(command, "window_closed")
    else:
        ids = window.reply(draft, command.text, command.operator_id)
        turn.seen(draft, command.seq_seen)
        draft.accept(command, ids[0] if ids else None)
