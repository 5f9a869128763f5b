"""The live feed over HTTP: who is told what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from handoff_common.clock import Clock
from handoff_operator_api.domain.feed import REPLAY, Change, Memory

from .streams import Query, changed, hello, listening, stream
from .world import World, world


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


async def test_a_stream_says_what_time_the_business_has(schema: Path, tmp_path: Path) -> None:
    clock = Clock()
    clock.move_to(timedelta(days=1))
    async with world(schema, tmp_path / "handoff.db", clock=clock) as house:
        _, browser = await house.signed_in()
        await listening(house)
        async with stream(house.app, browser) as opened:
            first = datetime.fromisoformat((await opened.next()).data["time"])
            assert timedelta(0) <= clock.now() - first < timedelta(minutes=1)
            clock.move_to(timedelta(days=2))
            house.router.hint(changed(uuid4(), 1))
            assert (await opened.next()).name == "conversation"
            moved = await opened.next()
            house.router.hint(changed(uuid4(), 1))
            assert (await opened.next()).name == "conversation"

    assert (moved.name, moved.id) == ("clock", None)
    assert timedelta(0) <= clock.now() - datetime.fromisoformat(moved.data["time"])
    assert datetime.fromisoformat(moved.data["time"]) - first >= timedelta(days=1)


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


def test_a_conversation_that_was_forgotten_is_told_to_everybody() -> None:
    memory = Memory(size=1)
    first, second = uuid4(), uuid4()
    changes = [
        Change(who, version, "bot", None, datetime.now(UTC))
        for who, version in ((first, 1), (first, 2), (second, 1), (first, 3), (first, 3))
    ]
    before = [memory.before(change) for change in changes]
    assert before == [None, changes[0], None, None, None]
