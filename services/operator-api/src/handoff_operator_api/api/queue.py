"""Who waits, and taking whoever has waited longest."""

from dataclasses import dataclass
from typing import Annotated, Protocol, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from handoff_common.events import ClaimRequested
from handoff_common.ids import CommandId, OperatorId
from handoff_operator_api.api.conversations import TheInbox
from handoff_operator_api.api.deps import CurrentOperator, Trace
from handoff_operator_api.api.desk import (
    KEY_REUSED,
    RESPONSES,
    CommandAccepted,
    Desk,
    Key,
    TheOutcomes,
    TheRouter,
)
from handoff_operator_api.api.problems import ProblemError, named, problems
from handoff_operator_api.domain.command import next_id
from handoff_operator_api.domain.inbox import Conversation, Counts

router = APIRouter(prefix="/api", tags=["queue"])

TRIES = 10
"""So many others may be faster before the button has to be pressed again."""


class Queue(Protocol):
    """How much there is to do."""

    async def counts(self, reader: OperatorId) -> Counts: ...


def _queue(request: Request) -> Queue:
    return cast("Queue", request.app.state.inbox)


class NextClaimed(CommandAccepted):
    """Whoever waited longest is with the operator, or will be when the takeover has settled."""

    conversation_id: UUID


Next: TypeAlias = NextClaimed | Response


@dataclass(frozen=True, slots=True)
class Taking:
    """One press of "next": claims, one after the other, until one is accepted.

    Their ids are made from the key and their number, so that a repetition finds what became of
    them and takes nobody else.
    """

    key: Key
    operator: CurrentOperator
    trace: Trace
    inbox: TheInbox
    outcomes: TheOutcomes
    router: TheRouter

    async def take(self) -> Next:
        """Take one over. Raises `ProblemError` when nobody waits (any more), `AwayError`."""
        lost: set[UUID] = set()
        for number in range(TRIES):
            answer = await self._attempt(next_id(self.operator, self.key, number), lost)
            if answer is not None:
                return answer
        raise ProblemError(named(409, "others-faster", "Others were faster every time"))

    async def _attempt(self, command: CommandId, lost: set[UUID]) -> Next | None:
        """Return the answer, or None and remember which conversation somebody else has."""
        outcome = await self.outcomes.outcome(command, self.operator)
        if outcome is None:
            return await self._claim(command, await self._longest_waiting(lost), lost)
        if outcome.status == "refused":
            lost.add(outcome.conversation_id)
            return None
        return NextClaimed(
            command_id=outcome.command_id,
            owner=outcome.owner,
            epoch=outcome.epoch,
            version=outcome.version,
            message_id=None,
            conversation_id=outcome.conversation_id,
        )

    async def _claim(
        self, command: CommandId, waiting: Conversation, lost: set[UUID]
    ) -> Next | None:
        precedent = await self.outcomes.precedent(command, waiting.id)
        desk = Desk(
            command, waiting.id, self.operator, self.trace, precedent, self.outcomes, self.router
        )
        try:
            answer = await desk.send(ClaimRequested(**desk.envelope(waiting.epoch)))
        except ProblemError as error:
            if error.problem.type == KEY_REUSED:
                # The press before was still pending, and was about another conversation.
                return await self._attempt(command, lost)
            if error.problem.reason != "taken":
                raise
            lost.add(waiting.id)
            return None
        if isinstance(answer, Response):
            return answer
        return NextClaimed(**answer.model_dump(), conversation_id=waiting.id)

    async def _longest_waiting(self, lost: set[UUID]) -> Conversation:
        found = await self.inbox.page("waiting", self.operator, start=None, limit=len(lost) + 1)
        for conversation in found:
            if conversation.id not in lost:
                return conversation
        raise ProblemError(named(404, "nobody-waits", "Nobody waits"))


@router.get("/counts", responses=problems(401, 503))
async def read_counts(
    operator: CurrentOperator, queue: Annotated[Queue, Depends(_queue)]
) -> Counts:
    """Say how many wait, since when, and how many conversations are one's own."""
    return await queue.counts(operator)


@router.post("/next", response_model=NextClaimed, responses=RESPONSES)
async def claim_next(taking: Annotated[Taking, Depends()]) -> Next:
    """Take over whoever has waited longest; two who press at once get two conversations.

    404 `nobody-waits` when the queue is empty.
    """
    return await taking.take()
