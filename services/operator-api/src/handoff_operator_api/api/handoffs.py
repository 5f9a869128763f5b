"""The human episodes of a conversation, each with its brief."""

from typing import Annotated, Protocol, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from handoff_operator_api.api.deps import SIGNED_IN, Limit
from handoff_operator_api.api.problems import problems, unknown
from handoff_operator_api.domain.inbox import Episode

router = APIRouter(prefix="/api/conversations/{conversation_id}/handoffs", tags=["handoffs"])


class Episodes(Protocol):
    """Handoffs of a conversation; None where there is no such conversation."""

    async def of(self, conversation: UUID, *, limit: int) -> list[Episode] | None: ...


def _episodes(request: Request) -> Episodes:
    return cast("Episodes", request.app.state.episodes)


class EpisodePage(BaseModel):
    """The last handoffs, in the order in which they were opened."""

    items: list[Episode]
    more: bool
    """There are earlier ones."""


@router.get("", dependencies=[SIGNED_IN], responses=problems(401, 404, 422, 503))
async def list_handoffs(
    conversation_id: UUID,
    episodes: Annotated[Episodes, Depends(_episodes)],
    limit: Limit = 30,
) -> EpisodePage:
    """List when people had the conversation, why, and what they should know."""
    found = await episodes.of(conversation_id, limit=limit + 1)
    if found is None:
        raise unknown("conversation")
    return EpisodePage(items=found[-limit:], more=len(found) > limit)
