"""Reading the inbox: views, pages, changes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from handoff_common.database import table_of
from handoff_common.tables import ContactRow, ConversationRow, HandoffRow

from .world import BUSINESS, NOON, World

MINUTE = timedelta(minutes=1)


async def _view(browser: httpx2.AsyncClient, view: str, limit: int = 100) -> list[str]:
    """Return the ids of a whole view, page by page."""
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"view": view, "limit": limit, **({"cursor": cursor} if cursor else {})}
        page = (await browser.get("/api/conversations", params=query)).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next"]
    return ids


async def test_a_row_says_who_it_is_who_has_it_and_how_long_it_waits(house: World) -> None:
    operator, browser = await house.signed_in()
    waiting = await house.conversation(
        owner="waiting",
        epoch=3,
        version=7,
        seq=4,
        preview="Oi",
        opened_at=NOON - MINUTE,
        overdue_at=NOON,
    )
    mine = await house.conversation(
        owner="human", operator_id=operator, updated_at=NOON + MINUTE, opened_at=NOON
    )

    items = (await browser.get("/api/conversations")).json()["items"]

    assert [item["id"] for item in items] == [str(mine), str(waiting)]
    assert items[0]["owner"] == {
        "kind": "human",
        "operator_id": str(operator),
        "operator_name": "Helena",
    }
    assert items[0]["waiting_since"] is None
    assert items[1] == {
        "id": str(waiting),
        "customer": "whatsapp:+5511900000001",
        "profile_name": "Customer 1",
        "owner": {"kind": "waiting", "operator_id": None, "operator_name": None},
        "epoch": 3,
        "version": 7,
        "seq": 4,
        "last_inbound_at": None,
        "updated_at": "2026-03-01T12:00:00Z",
        "preview": "Oi",
        "last": None,
        "waiting_since": "2026-03-01T11:59:00Z",
        "overdue_at": "2026-03-01T12:00:00Z",
        "handoff_reason": "asked_for_person",
        "closed": None,
    }


async def test_each_view_holds_what_its_name_says(house: World) -> None:
    me, browser = await house.signed_in()
    other = await house.operator("Rui")
    bot = str(await house.conversation(owner="bot"))
    waiting = str(await house.conversation(owner="waiting", opened_at=NOON))
    claiming = str(await house.conversation(owner="claiming", operator_id=me))
    mine = str(await house.conversation(owner="human", operator_id=me))
    theirs = str(await house.conversation(owner="human", operator_id=other))

    assert set(await _view(browser, "bot")) == {bot}
    assert set(await _view(browser, "waiting")) == {waiting}
    assert set(await _view(browser, "mine")) == {claiming, mine}
    assert set(await _view(browser, "human")) == {claiming, mine, theirs}
    assert len(await _view(browser, "all")) == 5


async def test_whoever_waits_longest_comes_first_and_nobody_is_left_out(house: World) -> None:
    _, browser = await house.signed_in()
    late = await house.conversation(owner="waiting", opened_at=NOON, updated_at=NOON + MINUTE)
    early = await house.conversation(owner="waiting", opened_at=NOON - MINUTE)
    without_handoff = await house.conversation(owner="waiting", updated_at=NOON - 9 * MINUTE)

    assert await _view(browser, "waiting", limit=1) == [
        str(without_handoff),
        str(early),
        str(late),
    ]


Rows = list[tuple[str, int]]
ROWS = st.lists(st.tuples(st.sampled_from(["bot", "waiting"]), st.integers(0, 3)), max_size=12)


@pytest.mark.parametrize("view", ["all", "bot", "waiting"])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, later=ROWS, limit=st.integers(1, 5))
async def test_pages_put_together_are_the_whole_list_whatever_comes_in_meanwhile(
    house: World, view: str, rows: Rows, later: Rows, limit: int
) -> None:
    await _clear(house)
    _, browser = await house.signed_in(f"o{uuid4()}")
    for owner, minute in rows:
        await house.conversation(owner=owner, updated_at=NOON + minute * MINUTE)
    whole = await _view(browser, view)

    seen, arrivals = list[str](), list(later)
    cursor: str | None = ""
    while cursor is not None:
        query = {"view": view, "limit": limit, **({"cursor": cursor} if cursor else {})}
        page = (await browser.get("/api/conversations", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if arrivals:
            owner, minute = arrivals.pop()
            await house.conversation(owner=owner, updated_at=NOON + minute * MINUTE)

    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in whole] == whole
    expected = {"all": len(rows)}.get(view, sum(owner == view for owner, _ in rows))
    assert len(whole) == expected


async def _clear(house: World) -> None:
    async with house.database.write() as connection:
        for row in (HandoffRow, ConversationRow, ContactRow):
            await connection.execute(delete(table_of(row)))


async def test_a_cursor_that_is_not_of_this_list_is_refused(house: World) -> None:
    _, browser = await house.signed_in()
    for _ in range(3):
        await house.conversation()
    first = (await browser.get("/api/conversations", params={"limit": 1})).json()

    for query in (
        {"cursor": first["next"], "view": "bot"},
        {"cursor": first["next"][:-1] + "~"},
        {"cursor": "x"},
        {"cursor": ""},
    ):
        response = await browser.get("/api/conversations", params=query)
        assert response.status_code == 400
        assert response.json()["type"] == "urn:handoff:bad-cursor"


async def test_an_opened_conversation_shows_its_window_its_note_and_its_handoff(
    house: World,
) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation(
        owner="waiting",
        opened_at=NOON,
        last_inbound_at=NOON,
        opted_out=True,
        note="Troca combinada",
    )

    thread = (await browser.get(f"/api/conversations/{conversation}")).json()

    assert thread["window_open_until"] == "2026-03-02T12:00:00Z"
    assert (thread["opted_out"], thread["note"]) == (True, "Troca combinada")
    assert thread["business"] == BUSINESS
    assert thread["handoff"]["reason"] == "asked_for_person"
    assert thread["handoff"]["opened_at"] == "2026-03-01T12:00:00Z"
    assert thread["handoff"]["claimed_at"] is None


async def test_without_a_handoff_and_without_a_word_there_is_none(house: World) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation()

    thread = (await browser.get(f"/api/conversations/{conversation}")).json()

    assert thread["handoff"] is None
    assert thread["window_open_until"] is None


@pytest.mark.parametrize("path", ["{id}", "{id}/messages"])
async def test_an_unknown_conversation_is_404_and_no_id_is_422(house: World, path: str) -> None:
    _, browser = await house.signed_in()

    unknown = await browser.get("/api/conversations/" + path.format(id=uuid4()))
    wrong = await browser.get("/api/conversations/" + path.format(id="17"))

    assert (unknown.status_code, unknown.json()["type"]) == (
        404,
        "urn:handoff:unknown-conversation",
    )
    assert wrong.status_code == 422
    assert wrong.json()["faults"] == [{"field": "path.conversation_id", "code": "uuid_parsing"}]


async def test_changes_are_told_oldest_first_and_from_a_minute_before(house: World) -> None:
    _, browser = await house.signed_in()
    ids = {
        seconds: str(await house.conversation(updated_at=NOON + timedelta(seconds=seconds)))
        for seconds in (30, -61, 0, -59)
    }

    first = (
        await browser.get("/api/changes", params={"since": "2026-03-01T12:00:00Z", "limit": 2})
    ).json()
    second = (
        await browser.get(
            "/api/changes", params={"since": "2026-03-01T12:00:00Z", "cursor": first["next"]}
        )
    ).json()

    told = [item["id"] for item in first["items"] + second["items"]]
    assert told == [ids[-59], ids[0], ids[30]]
    assert second["next"] is None
    as_of = datetime.fromisoformat(second["as_of"])
    assert abs(as_of - datetime.now(UTC)) < MINUTE


@pytest.mark.parametrize(
    "since",
    [
        "",
        "yesterday",
        "2026-03-01T12:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
async def test_changes_need_a_moment_with_a_zone(house: World, since: str) -> None:
    _, browser = await house.signed_in()

    assert (await browser.get("/api/changes", params={"since": since})).status_code == 422
