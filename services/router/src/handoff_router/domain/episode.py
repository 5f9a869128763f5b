"""A human episode: opened and closed as the owner changes, briefed a moment after it opened."""

from dataclasses import replace
from uuid import UUID

from handoff_common.events import HandoffBriefed, HandoffOpened, HandoffReason
from handoff_router.domain import changes
from handoff_router.domain.draft import Draft


def ensure(draft: Draft, reason: HandoffReason) -> UUID:
    """Return the open handoff; open one where there is none.

    It tells of what was said since the one before, and of what nobody answered in that.
    """
    if draft.state.handoff is not None:
        return draft.state.handoff
    handoff = draft.fresh("handoff")
    draft.state = replace(draft.state, handoff=handoff)
    draft.change(changes.HandoffOpened(handoff, reason, draft.state.seq))
    draft.events.append(
        HandoffOpened(
            id=draft.fresh("handoff.opened.v1"),
            time=draft.now,
            trace=draft.cause.trace,
            conversation_id=draft.state.id,
            handoff_id=handoff,
            reason=reason,
            since_seq=min(draft.state.note_seq, draft.state.turn.upto),
            upto_seq=draft.state.seq,
        )
    )
    return handoff


def briefed(draft: Draft, event: HandoffBriefed) -> None:
    """Keep the brief, whoever has the conversation by now: it belongs to its handoff."""
    draft.change(changes.HandoffBriefed(event.handoff_id, event.brief))


def close(draft: Draft, outcome: str, note: str, *, upto: int) -> None:
    """End the open handoff; what was said after message `upto` is of another episode."""
    if draft.state.handoff is not None:
        draft.change(changes.HandoffClosed(draft.state.handoff, outcome, note))
    draft.state = replace(draft.state, handoff=None, note=note, note_seq=upto)
