"""The bot's turn: one answer for a whole burst, and never silence."""

from dataclasses import replace

from handoff_common.events import BotEscalated, BotFailed, BotReplied, BotRequested
from handoff_router.domain.draft import Draft
from handoff_router.domain.state import Bot


def collect(draft: Draft) -> None:
    """Start or extend the pause, since the customer wrote while the bot owns the conversation."""
    turn = draft.state.turn
    if turn.state == "running":
        if turn.superseded >= draft.policy.supersede_limit:
            return  # let it finish: somebody who never stops writing still gets an answer
        draft.no_timer("turn_overdue")
        turn = replace(turn, superseded=turn.superseded + 1)
    cap = (turn.since or draft.now) + draft.policy.pause_cap - draft.now
    draft.turn(replace(turn, state="pausing"))
    draft.timer("pause", min(draft.policy.pause, cap))


def resume(draft: Draft) -> None:
    """Start the pause for words that wait and have no turn: after a return, or an overtaken one."""
    turn = draft.state.turn
    if turn.state == "idle" and draft.state.inbound_seq > turn.upto:
        since = turn.since or draft.state.last_inbound_at
        draft.turn(replace(turn, state="pausing", since=since))
        draft.timer("pause", draft.policy.pause)


def ask(draft: Draft) -> None:
    """Ask for one turn for all that was written, since the pause is over."""
    number, upto = draft.state.turn.number + 1, draft.state.seq
    draft.turn(replace(draft.state.turn, number=number, state="running", asked=upto))
    draft.timer("turn_overdue", draft.policy.turn_overdue)
    draft.events.append(
        BotRequested(
            id=draft.fresh("bot.requested.v1"),
            time=draft.now,
            trace=draft.cause.trace,
            conversation_id=draft.state.id,
            epoch=draft.state.epoch,
            turn=number,
            upto_seq=upto,
        )
    )


def is_current(draft: Draft, decision: BotReplied | BotEscalated | BotFailed) -> bool:
    """Say whether a decision answers the turn that is running now."""
    turn = draft.state.turn
    return (
        turn.state == "running"
        and decision.turn == turn.number
        and decision.epoch == draft.state.epoch
    )


def stop(draft: Draft) -> None:
    """No turn any more. What it was to answer still waits."""
    turn = draft.state.turn
    if turn.state == "pausing":
        draft.no_timer("pause")
    elif turn.state == "running":
        draft.no_timer("turn_overdue")
    draft.turn(replace(turn, state="idle", superseded=0))


def answered(draft: Draft, upto: int) -> None:
    """Messages up to `upto` wait for nobody any more: answered, or declared done."""
    draft.turn(replace(draft.state.turn, upto=upto, since=None))


def seen(draft: Draft, seq: int) -> None:
    """Count as answered what a person has seen, up to message `seq`: what came later waits on.

    0, of a client that doesn't say, is all.
    """
    overlooked = 0 < seq < draft.state.inbound_seq
    answered(draft, max(draft.state.turn.upto, seq) if overlooked else draft.state.seq)


def renewed(draft: Draft) -> None:
    """Count the age of what waits from now: a person has looked at it."""
    turn = draft.state.turn
    waits = draft.state.inbound_seq > turn.upto
    draft.turn(replace(turn, since=draft.now if waits else None))


def unsaid(draft: Draft, seq: int, answers_after: int) -> None:
    """Give back what an answer with the number `seq` was for: the customer will never read it.

    Not soon after a restore: it may have been said in the time that was taken back.
    Another answer that is still open stands for both: if that one is not said either, all of it
    comes back. The bot worded it as if the first had been read, so a person gets it where it may
    still go out. One that was said meanwhile, or a person's, leaves nothing to give back.
    """
    restored_at = draft.facts.restored_at
    if draft.is_retold or (restored_at and draft.now - restored_at <= draft.policy.stale):
        return
    later = next(
        (m for m in draft.state.outbox if m.answers_after is not None and m.seq > seq), None
    )
    turn = draft.state.turn
    if later is not None:
        if (later.answers_after or 0) < seq:  # else a person answered, or it was declared done
            draft.keep(replace(later, answers_after=answers_after))
            may_go_out = later.epoch == draft.state.epoch
            draft.silenced = draft.silenced or (may_go_out and isinstance(draft.state.owner, Bot))
    elif turn.upto < seq:
        since = turn.since or draft.state.last_inbound_at
        draft.turn(replace(turn, upto=min(turn.upto, answers_after), since=since))


def is_stale(draft: Draft) -> bool:
    """Say whether the burst waited so long that a cheerful answer would be wrong."""
    since = draft.state.turn.since
    return since is not None and draft.now - since > draft.policy.stale
