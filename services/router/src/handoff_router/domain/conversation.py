"""Who answers the customer, and when that changes.

Rule 1: a conversation changes hands in `transition`, and nowhere else.
Rule 2: exactly one owner at any time: the bot, a queue, or one operator (`Claiming`, `Human`).
Rule 3: each change of owner raises the epoch. It fences automatic messages, never an operator's.
Rule 4: a takeover is granted when no automatic message can start its way any more: at once, or
        after the one attempt that is open has settled (`Claiming`).
Rule 5: total. What comes late, twice or out of turn does nothing; a lost race is an answer.
"""

from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

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
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageSuperseded,
    ReplyRequested,
    ReturnRequested,
    TimerFired,
)
from handoff_router.domain import episode, turn, window
from handoff_router.domain.changes import (
    ConsentChanged,
    HandoffClaimed,
    HandoffGranted,
    Received,
    Step,
)
from handoff_router.domain.draft import Draft, Facts
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import (
    Bot,
    Claiming,
    Conversation,
    Human,
    Owner,
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
            _grant_if_settled(draft)
        case TimerFired():
            _timer_fired(draft, event)
        case HandoffBriefed():
            episode.briefed(draft, event)
        case _:
            _command(draft, event)
    if draft.silenced:
        _open_handoff(draft, "send_failed", draft.policy.texts.bot_failed)
    return draft.step()


# What customers do


def _customer_wrote(draft: Draft, event: CustomerWrote) -> None:
    seq = draft.state.seq + 1
    known = draft.state.last_inbound_at
    last = event.received_at if known is None else max(known, event.received_at)
    draft.state = replace(draft.state, seq=seq, inbound_seq=seq, last_inbound_at=last)
    draft.change(Received(event.id, seq, event))
    if wants_silence(event.text):
        _opt_out(draft)
        return
    if draft.state.opted_out and ends_silence(event.text):
        _consent(draft, opted_out=False)
    match draft.state.owner:
        case Bot() if wants_person(event.text):
            _open_handoff(draft, "customer_request", draft.policy.texts.handoff)
        case Bot() if draft.is_retold:
            _open_handoff(draft, "restored", "")
        case Bot():
            turn.collect(draft, event.received_at)
        case Waiting() if wants_person(event.text):
            texts, position = draft.policy.texts, draft.facts.position
            window.say(
                draft, texts.position.format(position=position) if position else texts.waiting
            )
        case _:
            pass  # a person reads it


def _opt_out(draft: Draft) -> None:
    """Record consent, confirm once, stop: no turn for what was being collected either."""
    if isinstance(draft.state.owner, Bot):
        turn.end(draft, draft.state.seq)
    window.drop_queued(draft)
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
            _open_handoff(draft, "restored", "")
        case BotReplied() if not decision.text.strip():
            _open_handoff(draft, "bot_failed", draft.policy.texts.bot_failed)
        case BotReplied():
            asked = draft.state.turn.asked
            turn.end(draft, asked)
            window.say_for_bot(draft, decision.text, decision.sources)
            if draft.state.inbound_seq > asked:
                turn.collect(draft, draft.now)
        case BotEscalated():
            text = decision.text or draft.policy.texts.handoff
            _open_handoff(draft, decision.reason, text)
        case BotFailed():
            _open_handoff(draft, "bot_failed", draft.policy.texts.bot_failed)


def _open_handoff(draft: Draft, reason: str, text: str) -> None:
    """Hand the conversation to people, and say so: a promise of a human is a handoff."""
    _pass_to(draft, Waiting())
    episode.ensure(draft, reason)
    window.fence(draft)
    window.say(draft, text)
    window.release(draft)


def _pass_to(draft: Draft, owner: Owner) -> None:
    """Change the owner: the epoch moves, and a turn that runs has nothing to say any more."""
    turn.end(draft, draft.state.seq)
    draft.state = replace(draft.state, owner=owner, epoch=draft.state.epoch + 1)


# Deadlines


def _timer_fired(draft: Draft, event: TimerFired) -> None:
    running = draft.state.turn.state
    match event.kind:
        case "pause" if running == "pausing" and draft.is_retold:
            _open_handoff(draft, "restored", "")
        case "pause" if running == "pausing" and turn.is_stale(draft):
            _open_handoff(draft, "late", draft.policy.texts.late)
        case "pause" if running == "pausing":
            turn.ask(draft)
        case "turn_overdue" if running == "running":
            _open_handoff(draft, "bot_silent", draft.policy.texts.bot_failed)
        case "send_overdue":
            holder = draft.state.window
            window.look(draft)
            if draft.state.window == holder:
                window.overdue(draft)
            _grant_if_settled(draft)
        case "settling":
            window.look(draft)
            _grant_if_settled(draft, waited=True)
        case "undecided":
            window.look(draft)
            window.undecided(draft)
            _grant_if_settled(draft)
        case _:
            pass


# What operators do


def _command(draft: Draft, command: Command) -> None:
    if command.expires_at < draft.now:
        draft.refuse(command, "expired")
        return
    match command:
        case ClaimRequested():
            _claim(draft, command)
        case ReplyRequested():
            _reply(draft, command)
        case ReturnRequested():
            _end_handoff(draft, command, "returned")
        case CloseRequested():
            _end_handoff(draft, command, command.outcome)
        case DoubtDecided():
            window.decide(draft, command)


def _claim(draft: Draft, command: ClaimRequested) -> None:
    holder = operator_of(draft.state.owner)
    if holder is not None and holder != command.operator_id:
        draft.refuse(command, "taken")
        return
    if holder is None:
        _take_over(draft, command)
    draft.accept(command)


def _take_over(draft: Draft, command: ClaimRequested) -> None:
    """Raise the epoch, so that no further attempt can be claimed; wait for the one that was."""
    _pass_to(draft, Claiming(command.operator_id))
    handoff = episode.ensure(draft, "takeover")
    draft.change(HandoffClaimed(handoff, command.operator_id))
    window.look(draft)
    window.fence(draft)
    if window.in_flight(draft) is None:
        _grant(draft, command.operator_id)
    else:
        draft.timer("settling", draft.policy.timing.orphaned)


def _grant_if_settled(draft: Draft, *, waited: bool = False) -> None:
    if not isinstance(draft.state.owner, Claiming):
        return
    flying = window.in_flight(draft)
    if flying is None:
        draft.no_timer("settling")
        window.fence(draft)
        _grant(draft, draft.state.owner.operator)
    elif waited:
        # Its worker's claim and its POST are both over by now, whatever the ledger still says.
        window.settle(draft, flying, "unconfirmed")
        _grant(draft, draft.state.owner.operator, forced=True)


def _grant(draft: Draft, operator: UUID, *, forced: bool = False) -> None:
    draft.state = replace(draft.state, owner=Human(operator))
    draft.change(HandoffGranted(episode.ensure(draft, "takeover"), forced))
    window.release(draft)


def _reply(draft: Draft, command: ReplyRequested) -> None:
    holder = operator_of(draft.state.owner)
    last = draft.state.last_inbound_at
    if holder is None:
        draft.refuse(command, "claim_first")
    elif holder != command.operator_id:
        draft.refuse(command, "taken")
    elif last is None or draft.now - last > draft.policy.free_text:
        draft.refuse(command, "window_closed")
    else:
        ids = window.reply(draft, command.text, command.operator_id)
        draft.accept(command, ids[0] if ids else None)


def _end_handoff(draft: Draft, command: ReturnRequested | CloseRequested, outcome: str) -> None:
    """Give the conversation to the bot, with what the human decided for its next turn."""
    match draft.state.owner:
        case Bot():
            draft.refuse(command, "claim_first")
            return
        case Claiming(operator) | Human(operator) if operator != command.operator_id:
            draft.refuse(command, "taken")
            return
        case Claiming():
            draft.refuse(command, "settling")
            return
        case Waiting() | Human():
            pass
    _pass_to(draft, Bot())
    episode.close(draft, outcome, command.note)
    window.fence(draft)
    window.release(draft)
    draft.accept(command)
