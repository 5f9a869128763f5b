"""Where the rest of the product is, for whom it concerns."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from handoff_operator_api.api.deps import CurrentSession
from handoff_operator_api.api.problems import problems

router = APIRouter(prefix="/api/links", tags=["links"])


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses beside the console's own."""

    simulator: str | None
    """The page that plays the customers; an admin's, and none where there is none."""


def _links(request: Request) -> Links:
    return cast("Links", request.app.state.links)


@router.get("", responses=problems(401, 503))
async def read_links(session: CurrentSession, links: Annotated[Links, Depends(_links)]) -> Links:
    """Say where the rest of the product is, as far as one's role may open it."""
    return links if session.operator.role == "admin" else Links(simulator=None)
