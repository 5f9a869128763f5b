"""Events and commands in, effects out: a micro-batch in one transaction.

What is waiting now goes through one transaction: conversations locked in key order, the transition
applied event by event in memory, then everything written with few statements, together with what
follows from each event under that event's id. A redelivery finds it there and publishes it again.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, cast

import structlog

from handoff_common.events import (
    AnyCommand,
    BaseEvent,
    CommandAnswered,
    ConversationChanged,
    DeliveryReported,
)
from handoff_common.events.command import Command
from handoff_common.ids import derived_id
from handoff_common.messaging.handling import Handled
from handoff_router.domain.changes import HandoffGranted, Settled, Step, Stored
from handoff_router.domain.conversation import Input, RouterInput, transition
from handoff_router.domain.draft import Facts, Verdict
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import KINDS, Conversation, operator_of

log = structlog.get_logger()


class Unit(Protocol):
    """One transaction over the conversations that a batch is about, all of them locked."""

    def stored(self, event: RouterInput) -> Stored | None:
        """Return what followed from this event before, if it was handled."""
        ...

    def conversation(self, event: RouterInput) -> Conversation | None:
        """Return the conversation as it is now, changes of this batch included."""
        ...

    def facts(self, event: RouterInput) -> Facts: ...

    def is_stale(self, event: RouterInput) -> bool:
        """Say whether this is a timer that was set again or cleared since."""
        ...

    def apply(self, event: Input, step: Step) -> None: ...

    def ignore(self, event: RouterInput) -> None:
        """Remember that this event was handled and nothing followed."""
        ...

    def refuse(self, command: AnyCommand, answer: CommandAnswered) -> None:
        """Remember an answer to a command that no conversation has seen."""
        ...

    def report(self, event: DeliveryReported) -> Conversation | None:
        """Keep a delivery report; returns the conversation if it told something new."""
        ...


class Conversations(Protocol):
    def locked(self, events: Sequence[RouterInput]) -> AbstractAsyncContextManager[Unit]:
        """Lock what the events are about; commits when the block ends. Raises `AwayError`."""
        ...


async def route(
    events: Sequence[RouterInput], *, conversations: Conversations, policy: Policy
) -> Sequence[Handled]:
    """Apply events to their conversations, each once; returns what to publish for each."""
    async with conversations.locked(events) as unit:
        return [_handled(event, unit, policy) for event in events]


def _handled(event: RouterInput, unit: Unit, policy: Policy) -> Handled:
    stored = unit.stored(event)
    if stored is not None:
        return _again(event, stored, unit)
    conversation = unit.conversation(event)
    if isinstance(event, DeliveryReported):
        return _reported(event, unit)
    if conversation is None:
        return _unknown(event, unit)
    if unit.is_stale(event):
        unit.ignore(event)
        return Handled()
    step = transition(conversation, event, policy, unit.facts(event))
    unit.apply(event, step)
    _log(event, conversation, step)
    hints = [_changed(event, step.state, unit)] if step.state.version > conversation.version else ()
    return Handled(step.events, hints, step.answer)


def _again(event: RouterInput, stored: Stored, unit: Unit) -> Handled:
    """Repeat what followed; the hint too, since it may have been lost with whoever died."""
    if isinstance(event, Command) and stored.answer is not None and stored.digest != event.digest:
        reused = stored.answer.model_copy(update={"accepted": False, "reason": "key_reused"})
        return Handled(answer=reused)
    events = cast("Sequence[BaseEvent]", stored.events)
    state = unit.conversation(event)
    return Handled(events, () if state is None else [_changed(event, state, unit)], stored.answer)


def _unknown(event: Input, unit: Unit) -> Handled:
    if not isinstance(event, Command):  # a bug, or another installation's event: a person looks
        raise LookupError("no such conversation")  # noqa: TRY004
    nowhere = Conversation(event.conversation_id, customer="", business="")
    answer = Verdict(event, "unknown_conversation").answer(nowhere, unit.facts(event).now)
    answer = answer.model_copy(update={"owner": None})
    unit.refuse(event, answer)
    return Handled(answer=answer)


def _reported(event: DeliveryReported, unit: Unit) -> Handled:
    conversation = unit.report(event)
    if conversation is None:
        return Handled()
    return Handled(hints=[_changed(event, conversation, unit)])


def _changed(event: RouterInput, state: Conversation, unit: Unit) -> ConversationChanged:
    """Return the hint; its time is the row's: whoever missed hints asks for changes since one."""
    return ConversationChanged(
        id=derived_id(event.id, "conversation.changed.v1"),
        time=unit.facts(event).now,
        trace=event.trace,
        conversation_id=state.id,
        version=state.version,
        owner=KINDS[type(state.owner)],
        operator_id=operator_of(state.owner),
    )


def _log(event: Input, before: Conversation, step: Step) -> None:
    """Say what a person would ask for afterwards; never what anybody wrote."""
    here = {"conversation_id": str(step.state.id), "event_id": str(event.id), "trace": event.trace}
    if before.owner != step.state.owner:
        owner = KINDS[type(step.state.owner)]
        log.info("conversation.passed", owner=owner, epoch=step.state.epoch, **here)
    for change in step.changes:
        if isinstance(change, HandoffGranted) and change.forced:
            log.warning("takeover.forced", **here)
        elif isinstance(change, Settled) and change.status != "accepted":
            log.info("message.ended", message_id=str(change.id), status=change.status, **here)
