"""How a stream ends: slow readers, a server that stops, a session that is over."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from handoff_common.database import table_of
from handoff_common.errors import AwayError
from handoff_common.tables import SessionRow
from handoff_common.web.stream import EventStream
from handoff_operator_api.api import problems
from handoff_operator_api.api.feed import Feed
from handoff_operator_api.domain.feed import Change, Sight
from handoff_operator_api.domain.operator import Remaining
from handoff_operator_api.handlers import BACKLOG, Fanout

from .streams import changed, hello, listening, stream
from .world import World

LONG = Remaining(timedelta(minutes=25), renewable=True)


async def test_a_reader_that_does_not_keep_up_is_told_so_and_cut(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    async with (
        stream(house.app, browser) as slow,
        stream(house.app, browser) as quick,
    ):
        await hello(slow)
        await hello(quick)
        slow.reads.clear()
        for version in range(BACKLOG + 10):
            house.router.hint(changed(uuid4(), version))
            await quick.next()
        slow.reads.set()
        await slow.ends()
        names = [event.name for event in slow.rest()]
        assert not quick.is_over.is_set()
    assert names[-1] == "resync"
    assert len(names) < BACKLOG


@pytest.mark.parametrize("is_stuck", [False, True])
async def test_a_stream_ends_at_once_when_the_server_stops(house: World, *, is_stuck: bool) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    stopping = asyncio.Event()
    async with stream(house.app, browser, stopping=stopping) as opened:
        await hello(opened)
        if is_stuck:
            opened.reads.clear()
            house.router.hint(changed(uuid4(), 1))
        stopping.set()
        await opened.ends(within=1.5)


async def test_a_server_that_stops_begins_no_stream(house: World) -> None:
    _, browser = await house.signed_in()
    stopping = asyncio.Event()
    stopping.set()
    async with stream(house.app, browser, stopping=stopping) as opened:
        await opened.ends()
    assert opened.status == 503


async def test_a_reader_that_takes_nothing_at_all_is_cut() -> None:
    async def events() -> AsyncGenerator[bytes]:
        while True:
            yield b": more\n\n"

    async with stream(EventStream(events(), stuck_seconds=0.05)) as opened:
        opened.reads.clear()
        await opened.ends()


async def test_a_database_that_is_away_at_the_start_is_an_error_and_no_stream() -> None:
    async def events() -> AsyncGenerator[bytes]:
        raise AwayError("database")
        yield b""

    app = FastAPI()
    problems.install(app)
    app.add_api_route("/api/feed", lambda: EventStream(events()), response_model=None)
    async with stream(app) as opened:
        await opened.ends()
    assert opened.status == 503


async def test_a_session_that_nobody_can_check_goes_on(house: World) -> None:
    answers = iter([AwayError("database"), None])

    async def remains() -> Remaining | None:
        answer = next(answers)
        if answer is not None:
            raise answer
        return None

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    fanout = Fanout(house.router)
    feed = Feed(sight, None, fanout, FixedChanges(), remains, timedelta(0))
    async with asyncio.timeout(5):
        told = [event async for event in feed.events()]
    assert told[1:] == [b": heartbeat\n\n"]


class FixedChanges:
    """A database in which nothing changes."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    async def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

    async def since(self, moment: datetime, *, limit: int) -> tuple[datetime, list[Change]]:
        found: list[Change] = []
        return moment, found[:limit]


async def test_the_stream_ends_with_the_session_and_is_no_sign_of_life(house: World) -> None:
    _, browser = await house.signed_in()
    token = browser.cookies["__Host-handoff"]

    async def remains() -> Remaining | None:
        return await house.operators.remaining(token)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    feed = Feed(
        sight, None, Fanout(house.router), FixedChanges(), remains, timedelta(milliseconds=20)
    )
    events = feed.events()
    beats = [await anext(events) for _ in range(3)]
    assert beats[0].startswith(b"event: hello")
    assert beats[1:] == [b": heartbeat\n\n"] * 2
    async with house.database.write() as connection:
        await connection.execute(delete(table_of(SessionRow)))
    async with asyncio.timeout(5):
        assert b"hello" not in b"".join([event async for event in events])


async def test_a_busy_stream_looks_after_its_session_too(house: World) -> None:
    answers = iter([LONG, LONG, None])

    async def remains() -> Remaining | None:
        return next(answers)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    fanout = Fanout(house.router)
    feed = Feed(sight, None, fanout, FixedChanges(), remains, timedelta(0))
    async with asyncio.timeout(5):
        told = [event async for event in feed.events()]
    assert told[1:] == [b": heartbeat\n\n"] * 2


async def test_a_clock_that_was_moved_is_told_once_and_without_a_hint(house: World) -> None:
    changes = FixedChanges()
    answers = iter([LONG, LONG, None])

    async def remains() -> Remaining | None:
        changes.ahead = timedelta(days=1)
        return next(answers)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    feed = Feed(sight, None, Fanout(house.router), changes, remains, timedelta(0))
    async with asyncio.timeout(5):
        told = [event.partition(b"\n")[0] async for event in feed.events()]
    assert told[1:] == [b": heartbeat", b"event: clock", b": heartbeat"]


async def test_the_end_of_a_session_is_announced_and_then_taken_back(house: World) -> None:
    soon = Remaining(timedelta(seconds=140), renewable=True)
    sooner = Remaining(timedelta(seconds=120), renewable=True)
    answers = iter([LONG, soon, sooner, LONG, LONG, None])

    async def remains() -> Remaining | None:
        return next(answers)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    feed = Feed(sight, None, Fanout(house.router), FixedChanges(), remains, timedelta(0))
    async with asyncio.timeout(5):
        told = [event async for event in feed.events()][1:]

    assert [b"heartbeat" in event for event in told] == [True, False, False, False, True]
    assert [json.loads(event.partition(b"data: ")[2])["seconds"] for event in told[1:4]] == [
        140,
        120,
        1500,
    ]
    assert b"id:" not in b"".join(told)  # no moment of the feed: it would hide a gap
