"""The bot's turn: one answer for a whole burst, and never silence."""

from dataclasses import replace
from datetime import datetime

from handoff_common.events import BotEscalated, BotFailed, BotReplied, BotRequested
from handoff_router.domain.draft import Draft


def collect(draft: Draft, received_at: datetime) -> None:
    """Start or extend the pause, since the customer wrote while the bot owns the conversation."""
    turn = draft.state.turn
    if turn.state == "running":
        if turn.superseded >= draft.policy.supersede_limit:
            return  # let it finish: somebody who never stops writing still gets an answer
        draft.no_timer("turn_overdue")
        since = turn.since
        turn = replace(turn, superseded=turn.superseded + 1, since=since)
    since = turn.since if turn.state != "idle" and turn.since else received_at
    draft.turn(replace(turn, state="pausing", since=since))
    cap = since + draft.policy.pause_cap - draft.now
    draft.timer("pause", min(draft.policy.pause, cap))


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


def end(draft: Draft, upto: int) -> None:
    """No turn any more; messages up to `upto` are done with."""
    turn = draft.state.turn
    if turn.state == "pausing":
        draft.no_timer("pause")
    elif turn.state == "running":
        draft.no_timer("turn_overdue")
    draft.turn(replace(turn, state="idle", upto=upto, since=None, superseded=0))


def is_stale(draft: Draft) -> bool:
    """Say whether the burst waited so long that a cheerful answer would be wrong."""
    since = draft.state.turn.since
    return since is not None and draft.now - since > draft.policy.stale
