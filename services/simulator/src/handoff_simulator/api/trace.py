"""The trace: what happened, page by page and as it happens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.sse import format_sse_event
from pydantic import AwareDatetime, BaseModel, JsonValue

from handoff_common.web.stream import EventStream
from handoff_simulator.api.views import After, entry_of
from handoff_simulator.domain.account import channel_address
from handoff_simulator.domain.chronicle import KEPT, Changed, Chronicle, News
from handoff_simulator.domain.trace import Lane, OwnerKind, Row, phone_of

HEARTBEAT_SECONDS = 15.0
_TOGETHER_SECONDS = 0.02
"""What happens within this goes to the browser in one piece."""
_BEAT = format_sse_event(comment="heartbeat")

Goes = Callable[[Request], Awaitable[bool]]
"""Tells whether whoever asked may still look."""
Phone = Annotated[str, Query(description="One phone, as in `/phones`; without it, all.")]
Limit = Annotated[int, Query(ge=1, le=KEPT)]


class OwnerShown(BaseModel):
    kind: OwnerKind
    name: str
    """Of the person, where it is known."""


class TraceEntry(BaseModel):
    """One thing that happened; `number` grows, over restarts too."""

    number: int
    at: AwareDatetime
    phone: str
    """As in `/phones`; empty where nobody knows whose it is."""
    lane: Lane
    name: str
    """The event's type, or our own word for what Twilio did."""
    took_ms: int | None
    sid: str
    message: str
    """The product's id of the message."""
    conversation: str
    owner: OwnerShown | None
    """Set where the conversation changed hands."""
    detail: dict[str, JsonValue]


class TracePage(BaseModel):
    """A page; `next` is the `after` of the page that follows, None at the end."""

    entries: list[TraceEntry]
    next: int | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The endpoints `/trace` and `/events`."""

    chronicle: Chronicle
    goes_on: Goes
    heartbeat_seconds: float = HEARTBEAT_SECONDS

    def router(self) -> APIRouter:
        router = APIRouter(tags=["trace"])
        router.add_api_route("/trace", self.read, methods=["GET"])
        router.add_api_route(
            "/events", self.follow, methods=["GET"], status_code=200, response_class=EventStream
        )
        return router

    async def read(self, phone: Phone = "", after: After = 0, limit: Limit = KEPT) -> TracePage:
        """Return what happened, oldest first: the newest 2,000 steps are kept, in memory."""
        found = self.chronicle.rows(_named(phone), after=after, limit=limit)
        return TracePage(
            entries=[_shown(row) for row in found],
            next=found[-1].number if len(found) == limit else None,
        )

    async def follow(
        self,
        request: Request,
        phone: Phone = "",
        after: Annotated[int | None, Query(ge=0)] = None,
        last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
    ) -> EventStream:
        """Follow what happens: `trace` (an entry), `message` (as in `/phones/…/messages`), `gap`.

        From `after` or `Last-Event-ID` on, else from now on. After a `gap` something is missing:
        read again. A comment comes every 15 seconds.
        """
        came = int(last) if last and last.isdecimal() else after
        return EventStream(self._events(request, _named(phone), came))

    async def _events(
        self, request: Request, phone: str, after: int | None
    ) -> AsyncGenerator[bytes]:
        position = self.chronicle.last if after is None else after
        clock, beat = asyncio.get_running_loop().time, 0.0
        happened = asyncio.Event()
        end = self.chronicle.listen(happened.set)
        try:
            while True:
                if clock() >= beat:
                    if not await self.goes_on(request):
                        return
                    yield _BEAT
                    beat = clock() + self.heartbeat_seconds
                happened.clear()
                if self.chronicle.has_lost(position):
                    position = self.chronicle.last
                    yield format_sse_event(event="gap", data_str="{}", id=str(position))
                upto, found = self.chronicle.last, self.chronicle.news(phone, after=position)
                for news in list(found):
                    yield _told(news)
                position = upto
                await _until(happened, beat)
        finally:
            end()


async def _until(happened: asyncio.Event, deadline: float) -> None:
    """Wait until something happens, but not longer."""
    try:
        async with asyncio.timeout_at(deadline):
            await happened.wait()
    except TimeoutError:
        return
    await asyncio.sleep(_TOGETHER_SECONDS)


def _named(phone: str) -> str:
    if not phone:
        return ""
    address = channel_address(phone)
    if address is None:
        raise HTTPException(422, "neither a number like +5511999990001 nor an id like BR.1a2b")
    return phone_of(address)


def _told(news: News) -> bytes:
    if isinstance(news, Changed):
        name, data = "message", entry_of(news.message).model_dump_json()
    else:
        name, data = "trace", _shown(news).model_dump_json()
    return format_sse_event(event=name, data_str=data, id=str(news.number))


def _shown(row: Row) -> TraceEntry:
    step, owner = row.step, row.step.owner
    return TraceEntry(
        number=row.number,
        at=row.at,
        phone=step.phone,
        lane=step.lane,
        name=step.name,
        took_ms=step.took_ms,
        sid=step.sid,
        message=step.message,
        conversation=step.conversation,
        owner=None if owner is None else OwnerShown(kind=owner.kind, name=owner.name),
        detail=dict(step.detail),
    )
