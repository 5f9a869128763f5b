"""The inbox."""

from datetime import UTC, datetime
from typing import Annotated, Protocol, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel
from pydantic_core import PydanticCustomError

from handoff_common.ids import OperatorId
from handoff_operator_api.api.deps import SIGNED_IN, CurrentOperator, Limit
from handoff_operator_api.api.problems import ProblemError, named, problems, unknown
from handoff_operator_api.domain.cursor import CursorError, Position, decode, encode
from handoff_operator_api.domain.inbox import OVERLAP, Conversation, Thread, View

router = APIRouter(prefix="/api", tags=["conversations"])
_CHANGES = "changes"
EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Inbox(Protocol):
    """Conversations as operators read them."""

    async def page(
        self, view: View, reader: OperatorId, *, start: Position | None, limit: int
    ) -> list[Conversation]: ...

    async def changed(
        self, since: datetime, *, start: Position | None, limit: int
    ) -> tuple[datetime, list[Conversation]]: ...

    async def thread(self, conversation: UUID) -> Thread | None: ...


def _inbox(request: Request) -> Inbox:
    return cast("Inbox", request.app.state.inbox)


def _plausible(moment: datetime) -> datetime:
    """Refuse what has no UTC equivalent or no moment before it."""
    if not EARLIEST <= moment <= _LATEST:
        raise PydanticCustomError("moment_implausible", "not a moment of this century or the next")
    return moment


TheInbox: TypeAlias = Annotated[Inbox, Depends(_inbox)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=100)]
Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_plausible)]


class ConversationPage(BaseModel):
    """Part of a list."""

    items: list[Conversation]
    next: str | None
    """The cursor of the page after this one; none on the last."""


class Changes(ConversationPage):
    """What changed."""

    as_of: datetime
    """Ask for changes since this moment, once there is no next page."""


@router.get("/conversations", responses=problems(400, 401, 422, 503))
async def list_conversations(
    operator: CurrentOperator,
    inbox: TheInbox,
    view: View = "all",
    cursor: Cursor = None,
    limit: Limit = 30,
) -> ConversationPage:
    """List a view: `waiting` by how long they wait, the others by their last change.

    `mine` and `human` include conversations whose takeover still settles. `closed`, by when they
    were closed: their last handoff has an outcome, and the customer has not written since.
    """
    start = _start(view, cursor)
    found = await inbox.page(view, operator, start=start, limit=limit + 1)
    items = found[:limit]
    return ConversationPage(
        items=items,
        next=encode(view, items[-1].position(view)) if len(found) > limit else None,
    )


@router.get("/changes", dependencies=[SIGNED_IN], responses=problems(400, 401, 422, 503))
async def list_changes(
    inbox: TheInbox,
    since: Moment,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Changes:
    """List the conversations that changed since a moment, oldest change first.

    Starts 60 seconds before it, because a commit can be later than its time: whoever asks drops the
    versions that they hold. A conversation that changes meanwhile comes again on a later page.
    """
    start = _start(_CHANGES, cursor)
    now, found = await inbox.changed(since - OVERLAP, start=start, limit=limit + 1)
    items = found[:limit]
    more = len(found) > limit
    return Changes(
        items=items,
        next=encode(_CHANGES, items[-1].position("all")) if more else None,
        as_of=now,
    )


@router.get(
    "/conversations/{conversation_id}",
    dependencies=[SIGNED_IN],
    responses=problems(401, 404, 422, 503),
)
async def read_conversation(conversation_id: UUID, inbox: TheInbox) -> Thread:
    """Read one conversation."""
    thread = await inbox.thread(conversation_id)
    if thread is None:
        raise unknown("conversation")
    return thread


def _start(scope: str, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return decode(scope, cursor)
    except CursorError:
        problem = named(400, "bad-cursor", "The cursor is not one of this list")
        raise ProblemError(problem) from None
