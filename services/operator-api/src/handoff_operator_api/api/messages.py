"""The messages of a conversation."""

from dataclasses import dataclass
from typing import Annotated, Protocol, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from handoff_common.ids import OperatorId
from handoff_operator_api.api.deps import CurrentOperator, Limit
from handoff_operator_api.api.problems import ProblemError, named, problems, unknown
from handoff_operator_api.domain.inbox import Message

router = APIRouter(prefix="/api/conversations/{conversation_id}/messages", tags=["messages"])

Seq: TypeAlias = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


class Messages(Protocol):
    """Messages as operators read them; None where there is no such conversation."""

    async def before(
        self, conversation: UUID, reader: OperatorId, *, seq: int | None, limit: int
    ) -> list[Message] | None: ...

    async def after(
        self, conversation: UUID, reader: OperatorId, *, seq: int, limit: int
    ) -> list[Message] | None: ...


def _messages(request: Request) -> Messages:
    return cast("Messages", request.app.state.messages)


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the conversation: its end, what is before a `seq`, or what is after one."""

    before: Seq = None
    after: Seq = None
    limit: Limit = 50


class MessagePage(BaseModel):
    """Part of a conversation, in its order."""

    items: list[Message]
    more: bool
    """There are others in the direction that was asked for."""


@router.get("", responses=problems(400, 401, 404, 422, 503))
async def list_messages(
    conversation_id: UUID,
    operator: CurrentOperator,
    messages: Annotated[Messages, Depends(_messages)],
    span: Annotated[Span, Depends()],
) -> MessagePage:
    """Read the last messages, the last before a `seq`, or the first after one; not both at once."""
    if span.before is not None and span.after is not None:
        raise ProblemError(named(400, "two-directions", "Ask for before or after, not for both"))
    if span.after is not None:
        found = await messages.after(
            conversation_id, operator, seq=span.after, limit=span.limit + 1
        )
        items = (found or [])[: span.limit]
    else:
        found = await messages.before(
            conversation_id, operator, seq=span.before, limit=span.limit + 1
        )
        items = (found or [])[-span.limit :]
    if found is None:
        raise unknown("conversation")
    return MessagePage(items=items, more=len(found) > span.limit)
