"""The live feed over HTTP: who is told what, and how a stream ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from handoff_common.database import table_of
from handoff_common.errors import AwayError
from handoff_common.events import ConversationChanged, OwnerKind
from handoff_common.tables import SessionRow
from handoff_operator_api.api.feed import Feed
from handoff_operator_api.domain.feed import REPLAY, Change, Memory, Sight
from handoff_operator_api.handlers import BACKLOG, Fanout

from .streams import Query, Stream, stream
from .world import World


async def listening(house: World) -> None:
    await asyncio.wait_for(house.router.is_heard.wait(), 5)


def changed(
    conversation: UUID, version: int, owner: OwnerKind = "waiting", operator: UUID | None = None
) -> ConversationChanged:
    return ConversationChanged(
        id=uuid4(), time=datetime.now(UTC), conversation_id=conversation, version=version,
        owner=owner, operator_id=operator,
    )  # fmt: skip


async def hello(opened: Stream) -> str:
    """Read the first event; return its id."""
    event = await opened.next()
    assert (event.name, opened.status) == ("hello", 200)
    assert event.id is not None
    return event.id


async def test_a_stream_begins_with_hello_and_tells_what_changes(house: World) -> None:
    operator, browser = await house.signed_in()
    await listening(house)
    async with stream(house.app, browser) as opened:
        first = await opened.next()
        hint = changed(uuid4(), 7, "human", operator)
        house.router.hint(hint)
        told = await opened.next()

    assert opened.headers["content-type"].startswith("text/event-stream")
    assert opened.headers["cache-control"] == "no-store"
    assert opened.headers["x-accel-buffering"] == "no"
    assert (first.name, first.data["type"], first.data["replay"]) == ("hello", "hello", 0)
    assert first.id == first.data["time"]
    assert told.name == "conversation"
    assert told.data == {
        "type": "conversation",
        "conversation_id": str(hint.conversation_id),
        "version": 7,
        "owner": "human",
        "operator_id": str(operator),
        "time": told.id,
    }
    assert datetime.fromisoformat(told.id or "") == hint.time


async def test_nobody_unknown_gets_a_stream(house: World) -> None:
    async with stream(house.app) as opened:
        await opened.ends()
    assert opened.status == 401


@pytest.mark.parametrize(
    "query", [[("view", "everything")], [("open", "x")], [("since", "yesterday")]]
)
async def test_a_stream_that_nobody_can_mean_is_refused(house: World, query: Query) -> None:
    _, browser = await house.signed_in()
    async with stream(house.app, browser, query) as opened:
        await opened.ends()
    assert opened.status == 422


async def test_only_those_who_look_are_told(house: World) -> None:
    me, browser = await house.signed_in()
    other, shown, hidden = uuid4(), uuid4(), uuid4()
    await listening(house)
    queries: list[Query] = [
        [("view", "waiting")],
        [("view", "mine"), ("open", str(shown))],
        [("view", "human")],
        [("open", str(shown))],
    ]
    async with (
        stream(house.app, browser, queries[0]) as waiting,
        stream(house.app, browser, queries[1]) as mine,
        stream(house.app, browser, queries[2]) as human,
        stream(house.app, browser, queries[3]) as thread,
    ):
        all_of_them = (waiting, mine, human, thread)
        for opened in all_of_them:
            await hello(opened)
        house.router.hint(changed(hidden, 1, "bot"))
        for opened in all_of_them:  # nobody knows where it was before
            assert (await opened.next()).data["version"] == 1
        house.router.hint(changed(hidden, 2, "bot"))
        house.router.hint(changed(hidden, 3, "waiting"))
        house.router.hint(changed(hidden, 4, "human", other))
        house.router.hint(changed(hidden, 5, "human", me))
        house.router.hint(changed(hidden, 6, "bot"))
        house.router.hint(changed(shown, 9, "bot"))
        got: list[list[int]] = []
        for opened in all_of_them:
            versions: list[int] = []
            while not versions or versions[-1] != 9:
                versions.append((await opened.next()).data["version"])
            got.append(versions)
    assert got == [[3, 4, 9], [5, 6, 9], [4, 5, 6, 9], [9]]


async def test_who_comes_back_is_told_what_changed_from_a_minute_before(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    stopped = datetime.now(UTC) - timedelta(minutes=10)
    for seconds, version in ((-61, 1), (-59, 2), (5, 3)):
        await house.conversation(updated_at=stopped + timedelta(seconds=seconds), version=version)
    mark = stopped.isoformat().replace("+00:00", "Z")

    async with stream(house.app, browser, last=mark) as opened:
        first = await opened.next()
        told = [await opened.next(), await opened.next()]
    async with stream(house.app, browser, [("since", mark), ("view", "mine")]) as again:
        repeated = [await again.next() for _ in range(3)]

    assert (first.name, first.data["replay"], first.id) == ("hello", 2, mark)
    assert [event.data["version"] for event in told] == [2, 3]
    assert [event.data.get("version") for event in repeated] == [None, 2, 3]


async def test_a_gap_that_is_too_long_or_unknown_is_no_replay(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    for _ in range(REPLAY + 1):
        await house.conversation(updated_at=datetime.now(UTC))

    for last in (datetime.now(UTC).isoformat(), "nonsense"):
        async with stream(house.app, browser, last=last) as opened:
            first, second = await opened.next(), await opened.next()
        assert [first.name, second.name] == ["hello", "resync"]
        assert first.data["replay"] == 0
        assert second.id == first.data["time"]


async def test_the_browsers_own_mark_is_newer_than_that_in_the_url(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    await house.conversation(updated_at=datetime.now(UTC) - timedelta(hours=1))
    old, new = "2026-01-01T00:00:00Z", datetime.now(UTC).isoformat()
    async with stream(house.app, browser, [("since", old)], last=new) as opened:
        assert (await opened.next()).data["replay"] == 0


async def test_a_lost_broker_is_found_again_and_those_who_look_read_anew(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    async with stream(house.app, browser, [("view", "mine")]) as opened:
        await hello(opened)
        house.router.lose()
        assert (await opened.next()).name == "resync"
        house.router.hint(changed(uuid4(), 1))
        assert (await opened.next()).name == "conversation"


async def test_a_hint_that_nobody_can_read_is_not_the_end(house: World) -> None:
    _, browser = await house.signed_in()
    await listening(house)
    async with stream(house.app, browser) as opened:
        await hello(opened)
        house.router.listeners[0].arrivals.put(b"{}")
        assert (await opened.next()).name == "resync"
        house.router.hint(changed(uuid4(), 1))
        assert (await opened.next()).name == "conversation"


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


class FixedChanges:
    """A database in which nothing changes."""

    async def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

    async def since(self, moment: datetime, *, limit: int) -> tuple[datetime, list[Change]]:
        found: list[Change] = []
        return moment, found[:limit]


async def test_the_stream_ends_with_the_session_and_is_no_sign_of_life(house: World) -> None:
    _, browser = await house.signed_in()
    token = browser.cookies["__Host-handoff"]

    async def lives() -> bool:
        return await house.operators.lives(token)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    feed = Feed(
        sight, None, Fanout(house.router), FixedChanges(), lives, timedelta(milliseconds=20)
    )
    events = feed.events()
    beats = [await anext(events) for _ in range(3)]
    assert beats[0].startswith(b"event: hello")
    assert beats[1:] == [b": heartbeat\n\n"] * 2
    async with house.database.write() as connection:
        await connection.execute(delete(table_of(SessionRow)))
    async with asyncio.timeout(5):
        assert b"hello" not in b"".join([event async for event in events])


@pytest.mark.parametrize("is_away", [False, True])
async def test_a_busy_stream_looks_after_its_session_too(house: World, *, is_away: bool) -> None:
    answers = iter([True, True, False])

    async def lives() -> bool:
        if is_away:  # which says nothing about the session
            is_over = not next(answers)
            if not is_over:
                raise AwayError("database")
            return False
        return next(answers)

    sight = Sight(uuid4(), frozenset({"all"}), frozenset())
    feed = Feed(sight, None, Fanout(house.router), FixedChanges(), lives, timedelta(0))
    async with asyncio.timeout(5):
        told = [event async for event in feed.events()]
    assert told[1:] == [b": heartbeat\n\n"] * 2


def test_a_conversation_that_was_forgotten_is_told_to_everybody() -> None:
    memory = Memory(size=1)
    first, second = uuid4(), uuid4()
    changes = [
        Change(who, version, "bot", None, datetime.now(UTC))
        for who, version in ((first, 1), (first, 2), (second, 1), (first, 3), (first, 3))
    ]
    before = [memory.before(change) for change in changes]
    assert before == [None, changes[0], None, None, None]
