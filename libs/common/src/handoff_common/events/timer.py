"""Deadlines that the router set for itself."""

from typing import Literal, TypeAlias

from handoff_common.events.base import ConversationEvent

TimerKind: TypeAlias = Literal[
    "pause", "turn_overdue", "send_overdue", "settling", "undecided", "handoff_unanswered"
]


class TimerFired(ConversationEvent):
    """A deadline passed. A stale `generation` does nothing."""

    type: Literal["timer.fired.v1"] = "timer.fired.v1"
    kind: TimerKind
    generation: int
