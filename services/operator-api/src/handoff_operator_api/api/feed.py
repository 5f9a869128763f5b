"""The live feed: what changed, at which version. Whoever wants to know more asks."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Protocol, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field, RootModel, TypeAdapter, ValidationError

from handoff_common.errors import AwayError
from handoff_common.events import OwnerKind
from handoff_common.web.stream import EventStream
from handoff_operator_api.api.conversations import EARLIEST, Moment
from handoff_operator_api.api.deps import CurrentOperator, PresentedToken, Sessions, the_sessions
from handoff_operator_api.api.problems import problems
from handoff_operator_api.domain.feed import REPLAY, Change, Resync, Sight, Told
from handoff_operator_api.domain.inbox import OVERLAP, View

router = APIRouter(prefix="/api", tags=["feed"])

HEARTBEAT = timedelta(seconds=20)
_EVENT_SCHEMA = "#/components/schemas/FeedEvent"
_BEAT = format_sse_event(comment="heartbeat")
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class Hello(BaseModel):
    """The first event."""

    type: Literal["hello"] = "hello"
    time: datetime
    """The database's clock."""
    replay: int
    """So many `conversation` events follow that make up for the gap; then the stream is live."""


class ConversationTold(BaseModel):
    """A conversation changed. Ignore a lower version than the one that you hold."""

    type: Literal["conversation"] = "conversation"
    conversation_id: UUID
    version: int
    owner: OwnerKind
    operator_id: UUID | None
    time: datetime


class ResyncTold(BaseModel):
    """Changes may have been missed: read again what is on the screen. The stream may end now."""

    type: Literal["resync"] = "resync"


class FeedEvent(
    RootModel[Annotated[Hello | ConversationTold | ResyncTold, Field(discriminator="type")]]
):
    """The data of one event; `event:` is its `type`, and `id:` a moment by the database's clock."""


class Watch(Protocol):
    """What one stream is told."""

    async def next(self) -> Told:
        """Wait for the next thing. Raises `AwayError` once the reader is too far behind."""
        ...


class Fanout(Protocol):
    """Where changes come from."""

    def watching(self, sight: Sight) -> AbstractContextManager[Watch]: ...


class Changes(Protocol):
    """What changed, in the database."""

    async def now(self) -> datetime: ...

    async def since(self, moment: datetime, *, limit: int) -> tuple[datetime, list[Change]]: ...


Lives: TypeAlias = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Feed:
    """One stream."""

    sight: Sight
    since: datetime | None
    """Where the reader's knowledge ends."""
    fanout: Fanout
    changes: Changes
    lives: Lives
    """Tells whether the session goes on. Raises `AwayError`."""
    heartbeat: timedelta = HEARTBEAT

    async def events(self) -> AsyncGenerator[bytes]:
        """Yield the stream, encoded; it ends with the session. Raises `AwayError` at the start."""
        # Watching comes first: what changes while the table is read comes twice, and not never.
        with self.fanout.watching(self.sight) as watch:
            for event in await self._opening():
                yield event
            async for event in self._live(watch):
                yield event

    async def _opening(self) -> list[bytes]:
        if self.since is None:
            now = await self.changes.now()
            return [_encoded(Hello(time=now, replay=0), now)]
        now, missed = await self.changes.since(self.since - OVERLAP, limit=REPLAY + 1)
        # Until the gap is closed, an event's id must not say that it is.
        if len(missed) > REPLAY:
            return [_encoded(Hello(time=now, replay=0), self.since), _encoded(ResyncTold(), now)]
        hello = _encoded(Hello(time=now, replay=len(missed)), self.since)
        return [hello, *(_changed(change) for change in missed)]

    async def _live(self, watch: Watch) -> AsyncGenerator[bytes]:
        clock = asyncio.get_running_loop().time
        beat = clock() + self.heartbeat.total_seconds()
        while True:
            if clock() >= beat:
                if not await self._goes_on():
                    return
                yield _BEAT
                beat = clock() + self.heartbeat.total_seconds()
            try:
                async with asyncio.timeout_at(beat):
                    told = await watch.next()
            except TimeoutError:
                continue
            except AwayError:
                yield _encoded(ResyncTold(), None)
                return
            yield _encoded(ResyncTold(), None) if isinstance(told, Resync) else _changed(told)

    async def _goes_on(self) -> bool:
        try:
            return await self.lives()
        except AwayError:
            return True  # a database that is away says nothing about the session


def _changed(change: Change) -> bytes:
    told = ConversationTold(
        conversation_id=change.conversation_id,
        version=change.version,
        owner=change.owner,
        operator_id=change.operator_id,
        time=change.time,
    )
    return _encoded(told, change.time)


def _encoded(told: Hello | ConversationTold | ResyncTold, moment: datetime | None) -> bytes:
    return format_sse_event(
        event=told.type,
        data_str=told.model_dump_json(),
        id=None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    )


def _sight(
    operator: CurrentOperator,
    views: Annotated[list[View] | None, Query(alias="view", max_length=5)] = None,
    open_: Annotated[list[UUID] | None, Query(alias="open", max_length=50)] = None,
) -> Sight:
    shown: list[View] = ["all"] if views is None and open_ is None else views or []
    return Sight(operator, frozenset(shown), frozenset(open_ or ()))


def _since(
    since: Moment | None = None,
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> datetime | None:
    """Return where the reader stopped; the browser's header is newer than what is in the URL."""
    if not last:
        return since
    try:
        return _MOMENT.validate_python(last)
    except ValidationError:
        return EARLIEST  # not one of our ids: an answer with an error would end the stream for good


def _feed(
    request: Request,
    sight: Annotated[Sight, Depends(_sight)],
    since: Annotated[datetime | None, Depends(_since)],
    token: PresentedToken,
    sessions: Annotated[Sessions, Depends(the_sessions)],
) -> Feed:
    async def lives() -> bool:
        return token is not None and await sessions.lives(token)

    state = request.app.state
    return Feed(sight, since, cast("Fanout", state.fanout), cast("Changes", state.changes), lives)


@router.get(
    "/feed",
    status_code=200,
    response_class=EventStream,
    response_model=FeedEvent,
    responses=problems(401, 422, 503),
)
async def read_feed(feed: Annotated[Feed, Depends(_feed)]) -> EventStream:
    """Follow what changes in the views (`view`) and threads (`open`) that are looked at.

    Neither: everything. The first event is `hello`. A reader that comes back with the last event's
    id (`Last-Event-ID`, or `since`) is told what changed from 60 seconds before it, since a commit
    can be later than its time: drop the versions that you hold. A comment comes every 20 seconds.
    The stream is no sign of life: it ends with the session.
    """
    return EventStream(feed.events())


def describe(document: dict[str, Any]) -> None:
    """Say in the OpenAPI document what an event holds; FastAPI takes the stream for a text."""
    answer = document["paths"]["/api/feed"]["get"]["responses"]["200"]
    answer["content"] = {EventStream.media_type: {"schema": {"$ref": _EVENT_SCHEMA}}}
