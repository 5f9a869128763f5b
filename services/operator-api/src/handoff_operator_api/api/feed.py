"""The live feed: what changed, at which version. Whoever wants to know more asks."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import TypeAdapter, ValidationError

from handoff_common.errors import AwayError
from handoff_common.web.stream import EventStream
from handoff_operator_api.api.conversations import EARLIEST, Moment
from handoff_operator_api.api.deps import CurrentOperator, PresentedToken, Sessions, the_sessions
from handoff_operator_api.api.problems import problems
from handoff_operator_api.api.told import (
    BEAT,
    ClockTold,
    FeedEvent,
    Hello,
    ResyncTold,
    SessionTold,
    changed,
    encoded,
)
from handoff_operator_api.domain.feed import REPLAY, Change, Resync, Sight, Told
from handoff_operator_api.domain.inbox import OVERLAP, View
from handoff_operator_api.domain.operator import Remaining

router = APIRouter(prefix="/api", tags=["feed"])

HEARTBEAT = timedelta(seconds=20)
WARNING = timedelta(seconds=150)
"""Two minutes and a heartbeat: at least so much is left when the end is first announced."""
_EVENT_SCHEMA = "#/components/schemas/FeedEvent"
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


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

    @property
    def ahead(self) -> timedelta:
        """How far the business's time was moved."""
        ...

    async def now(self) -> datetime: ...

    async def since(self, moment: datetime, *, limit: int) -> tuple[datetime, list[Change]]: ...


Remains: TypeAlias = Callable[[], Awaitable[Remaining | None]]


class Pulse:
    """What a stream says at each heartbeat."""

    def __init__(self, remains: Remains) -> None:
        self._remains = remains
        self._is_ending = False

    async def beat(self) -> bytes | None:
        """Return a sign of life, or what is left of the session; None once that is over."""
        try:
            remaining = await self._remains()
        except AwayError:
            return BEAT  # a database that is away says nothing about the session
        if remaining is None:
            return None
        was_ending, self._is_ending = self._is_ending, remaining.left <= WARNING
        if not self._is_ending and not was_ending:
            return BEAT
        seconds = int(remaining.left.total_seconds())
        return encoded(SessionTold(seconds=seconds, renewable=remaining.renewable), None)


@dataclass(frozen=True, slots=True)
class Feed:
    """One stream."""

    sight: Sight
    since: datetime | None
    """Where the reader's knowledge ends."""
    fanout: Fanout
    changes: Changes
    remains: Remains
    """Tells how long the session lasts. Raises `AwayError`."""
    heartbeat: timedelta = HEARTBEAT

    async def events(self) -> AsyncGenerator[bytes]:
        """Yield the stream, encoded; it ends with the session. Raises `AwayError` at the start."""
        # Watching comes first: what changes while the table is read comes twice, and not never.
        with self.fanout.watching(self.sight) as watch:
            ahead = self.changes.ahead
            for event in await self._opening():
                yield event
            async for event in self._live(watch, ahead):
                yield event

    async def _opening(self) -> list[bytes]:
        if self.since is None:
            now = await self.changes.now()
            return [encoded(Hello(time=now, replay=0), now)]
        now, missed = await self.changes.since(self.since - OVERLAP, limit=REPLAY + 1)
        # Until the gap is closed, an event's id must not say that it is.
        if len(missed) > REPLAY:
            return [encoded(Hello(time=now, replay=0), self.since), encoded(ResyncTold(), now)]
        hello = encoded(Hello(time=now, replay=len(missed)), self.since)
        return [hello, *(changed(change) for change in missed)]

    async def _live(self, watch: Watch, ahead: timedelta) -> AsyncGenerator[bytes]:
        clock = asyncio.get_running_loop().time
        beat = clock() + self.heartbeat.total_seconds()
        pulse = Pulse(self.remains)
        while True:
            if self.changes.ahead != ahead:
                ahead = self.changes.ahead
                yield encoded(ClockTold(time=await self.changes.now()), None)
            if clock() >= beat:
                said = await pulse.beat()
                if said is None:
                    return
                yield said
                beat = clock() + self.heartbeat.total_seconds()
            try:
                async with asyncio.timeout_at(beat):
                    told = await watch.next()
            except TimeoutError:
                continue
            except AwayError:
                yield encoded(ResyncTold(), None)
                return
            yield encoded(ResyncTold(), None) if isinstance(told, Resync) else changed(told)


def _sight(
    operator: CurrentOperator,
    views: Annotated[list[View] | None, Query(alias="view", max_length=6)] = None,
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
    async def remains() -> Remaining | None:
        return await sessions.remaining(token) if token else None

    state = request.app.state
    return Feed(sight, since, cast("Fanout", state.fanout), cast("Changes", state.changes), remains)


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
    When the business's time is moved, `clock` says so by the next comment at the latest.
    The stream is no sign of life: it announces the end of the session, and ends with it.
    """
    return EventStream(feed.events())


def describe(document: dict[str, Any]) -> None:
    """Say in the OpenAPI document what an event holds; FastAPI takes the stream for a text."""
    answer = document["paths"]["/api/feed"]["get"]["responses"]["200"]
    answer["content"] = {EventStream.media_type: {"schema": {"$ref": _EVENT_SCHEMA}}}
