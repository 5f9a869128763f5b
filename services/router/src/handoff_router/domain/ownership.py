"""The changes of owner: to people, to one operator, and back to the bot.

Each raises the epoch, so that no automatic message of the old one can start its way any more. None
of them answers the customer: words that wait for an answer go on waiting, whoever has them next.
"""

from dataclasses import replace
from uuid import UUID

from handoff_common.events import ClaimRequested, CloseRequested, HandoffReason, ReturnRequested
from handoff_router.domain import episode, turn, window
from handoff_router.domain.changes import HandoffClaimed, HandoffGranted
from handoff_router.domain.draft import Draft
from handoff_router.domain.state import Bot, Claiming, Human, Owner, Waiting, operator_of


def open_handoff(draft: Draft, reason: HandoffReason, text: str) -> None:
    """Hand the conversation to people, and say so: a promise of a human is a handoff."""
    _pass_to(draft, Waiting())
    window.fence(draft)
    episode.ensure(draft, reason)
    window.say(draft, text)
    window.release(draft)
    draft.timer("handoff_unanswered", draft.policy.unanswered)


def restored(draft: Draft, text: str = "", *, upto: int) -> None:
    """Hand over words from before a restore, up to number `upto`, and never ask the bot about them.

    They may have been answered in the time that it took back.
    """
    open_handoff(draft, "restored", text)
    turn.answered(draft, max(draft.state.turn.upto, upto))


def overdue(draft: Draft) -> None:
    """Mark what nobody has claimed in time, and say so once; the request stays in line."""
    owner = draft.state.owner
    if not isinstance(owner, Waiting) or owner.overdue_at is not None:
        return
    draft.state = replace(draft.state, owner=replace(owner, overdue_at=draft.now))
    if not draft.state.opted_out:
        window.say(draft, draft.policy.texts.unanswered)


def claim(draft: Draft, command: ClaimRequested) -> None:
    """Give the conversation to an operator, unless another one has it."""
    holder = operator_of(draft.state.owner)
    if holder is not None and holder != command.operator_id:
        draft.refuse(command, "taken")
        return
    if holder is None:
        _take_over(draft, command)
    draft.accept(command)


def grant_if_settled(draft: Draft, *, waited: bool = False) -> None:
    """Complete a takeover once nothing automatic is on its way; after the wait, in any case."""
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


def end_handoff(draft: Draft, command: ReturnRequested | CloseRequested) -> None:
    """Give the conversation to the bot, with what the human decided for its next turn.

    Closing says that what its operator saw is done. Returning does not: what the customer wrote
    and nobody answered is the bot's to answer now, however long it waited for that. Only words from
    before a restore are not: they may have been answered.
    """
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
    if draft.is_retold:
        turn.answered(draft, draft.state.seq)
    match command:
        case CloseRequested():
            turn.seen(draft, command.seq_seen)
            episode.close(draft, command.outcome, command.note, upto=draft.state.turn.upto)
        case ReturnRequested():
            episode.close(draft, "returned", command.note, upto=draft.state.seq)
    turn.renewed(draft)
    window.fence(draft)
    window.release(draft)
    draft.accept(command)


def _pass_to(draft: Draft, owner: Owner) -> None:
    """Change the owner: the epoch moves, and a turn that runs has nothing to say any more."""
    turn.stop(draft)
    if isinstance(draft.state.owner, Waiting):
        draft.no_timer("handoff_unanswered")
    draft.state = replace(draft.state, owner=owner, epoch=draft.state.epoch + 1)


def _take_over(draft: Draft, command: ClaimRequested) -> None:
    """Raise the epoch, so that no further attempt can be claimed; wait for the one that was."""
    _pass_to(draft, Claiming(command.operator_id))
    window.look(draft)
    window.fence(draft)
    handoff = episode.ensure(draft, "takeover")
    draft.change(HandoffClaimed(handoff, command.operator_id))
    if window.in_flight(draft) is None:
        _grant(draft, command.operator_id)
    else:
        draft.timer("settling", draft.policy.timing.orphaned)


def _grant(draft: Draft, operator: UUID, *, forced: bool = False) -> None:
    draft.state = replace(draft.state, owner=Human(operator))
    draft.change(HandoffGranted(episode.ensure(draft, "takeover"), forced))
    window.release(draft)
