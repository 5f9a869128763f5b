"""A turn in, a decision out; a handoff in, its brief out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias
from uuid import UUID

import structlog

from handoff_bot.domain.brief import Clerk, Remark
from handoff_bot.domain.decision import Answer, Decision, Escalate, Fail
from handoff_bot.domain.language import Language, Texts
from handoff_bot.domain.scripted import spoken
from handoff_bot.domain.turn import Turn
from handoff_common.errors import AwayError
from handoff_common.events import (
    BaseEvent,
    BotEscalated,
    BotFailed,
    BotReplied,
    BotRequested,
    HandoffBriefed,
    HandoffOpened,
    event_type,
)
from handoff_common.ids import derived_id
from handoff_common.messaging.handling import Handled

REASON_LIMIT = 40
"""As much as a handoff's reason holds."""

Hesitate: TypeAlias = Callable[[], Awaitable[None]]
"""Waited for before each answer, within its deadline: to try out a bot that is slow."""

log = structlog.get_logger()


class Transcripts(Protocol):
    """What was said in conversations."""

    async def turn(self, conversation_id: UUID, *, upto_seq: int) -> Turn:
        """Return the turn that ends with message `upto_seq`, as one moment shows it.

        Raises `LookupError` for a conversation that is not there, `AwayError`.
        """
        ...


class Episodes(Protocol):
    """What was said in one episode of a conversation."""

    async def episode(
        self, conversation_id: UUID, *, since_seq: int, upto_seq: int
    ) -> Sequence[Remark]:
        """Return the messages after `since_seq` up to `upto_seq`, oldest first; the last ones.

        Raises `AwayError`.
        """
        ...


class Brain(Protocol):
    """What decides a turn: the script, or a model."""

    async def answer(self, turn: Turn) -> Decision: ...


async def at_once() -> None:
    """Do not hesitate."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """How turns are decided."""

    transcripts: Transcripts
    brain: Brain
    texts: Mapping[Language, Texts]
    deadline: timedelta
    """Of a whole turn; shorter than the router's own, which stops waiting for us."""
    hesitate: Hesitate = at_once


async def think(requests: Sequence[BotRequested], thinking: Thinking) -> Sequence[Handled]:
    """Decide turns for the consumer, which publishes the decisions before it acknowledges."""
    return [Handled(await decide(request, thinking)) for request in requests]


async def decide(request: BotRequested, thinking: Thinking) -> Sequence[BaseEvent]:
    """Decide one turn; every outcome is an event, its id and time derived from the request.

    So a redelivered request gives the same ids, whoever handles it: the router takes the first, and
    the rest are duplicates. Raises `AwayError` (the turn waits) and `LookupError` (it is dead).
    """
    turn: Turn | None = None
    try:
        async with asyncio.timeout(thinking.deadline.total_seconds()):
            turn = await thinking.transcripts.turn(
                request.conversation_id, upto_seq=request.upto_seq
            )
            decision = await _decided(turn, thinking)
    except TimeoutError:
        decision = Fail("timeout")
    event = _event(request, decision, _introduction(turn, thinking.texts))
    log.info("turn.decided", decision=type(decision).__name__, turn=request.turn)
    return [event]


async def _decided(turn: Turn, thinking: Thinking) -> Decision:
    if not turn.new:
        return Fail("nothing_new")
    try:
        await thinking.hesitate()
        return await thinking.brain.answer(turn)
    except (AwayError, TimeoutError):
        raise
    except Exception as error:  # whatever it was, the customer gets a person and not silence
        log.exception("turn.failed")
        return Fail(type(error).__name__)


def _introduction(turn: Turn | None, texts: Mapping[Language, Texts]) -> str:
    """Return what stands before the bot's first words: that it is one, and how to get a person."""
    if turn is None or turn.introduced:
        return ""
    return texts[spoken(turn)].disclosure + "\n\n"


def _event(request: BotRequested, decision: Decision, introduction: str) -> BaseEvent:
    match decision:
        case Escalate(reason=reason, text=text):
            return BotEscalated(
                id=derived_id(request.id, event_type(BotEscalated)),
                time=request.time,
                trace=request.trace,
                conversation_id=request.conversation_id,
                epoch=request.epoch,
                turn=request.turn,
                reason=reason[:REASON_LIMIT],
                text=text,
            )
        case Fail(reason=reason):
            return BotFailed(
                id=derived_id(request.id, event_type(BotFailed)),
                time=request.time,
                trace=request.trace,
                conversation_id=request.conversation_id,
                epoch=request.epoch,
                turn=request.turn,
                reason=reason[:REASON_LIMIT],
            )
        case _:
            return BotReplied(
                id=derived_id(request.id, event_type(BotReplied)),
                time=request.time,
                trace=request.trace,
                conversation_id=request.conversation_id,
                epoch=request.epoch,
                turn=request.turn,
                text=introduction + decision.text,
                sources=decision.sources if isinstance(decision, Answer) else (),
            )


async def brief(
    opened: Sequence[HandoffOpened], *, episodes: Episodes, clerk: Clerk
) -> Sequence[Handled]:
    """Brief handoffs for the consumer; a redelivered one gives the same ids. Raises `AwayError`."""
    return [Handled([await _briefed(handoff, episodes, clerk)]) for handoff in opened]


async def _briefed(handoff: HandoffOpened, episodes: Episodes, clerk: Clerk) -> HandoffBriefed:
    episode = await episodes.episode(
        handoff.conversation_id, since_seq=handoff.since_seq, upto_seq=handoff.upto_seq
    )
    return HandoffBriefed(
        id=derived_id(handoff.id, event_type(HandoffBriefed)),
        time=handoff.time,
        trace=handoff.trace,
        conversation_id=handoff.conversation_id,
        handoff_id=handoff.handoff_id,
        brief=clerk.brief(handoff.reason, episode),
    )
