"""The list of closed conversations, and what a row says of its last message."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest

from handoff_common.ids import OperatorId
from handoff_common.tables import HandoffRow

from .fake_router import NOON, add
from .world import World

MINUTE = timedelta(minutes=1)


async def _over(
    house: World, conversation: UUID, minutes: int, outcome: str, operator: OperatorId | None = None
) -> None:
    """Store a handoff that ended so many minutes after noon."""
    closed_at = NOON + minutes * MINUTE
    row = HandoffRow(
        id=uuid4(),
        conversation_id=conversation,
        reason="customer_request",
        opened_at=closed_at - MINUTE,
        opened_seq=1,
        operator_id=operator,
        closed_at=closed_at,
        outcome=outcome,
    )
    await add(house.database, row)


async def _listed(browser: httpx2.AsyncClient, limit: int = 100, view: str = "closed") -> list[str]:
    """Return the ids of the whole view, page by page."""
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"view": view, "limit": limit, **({"cursor": cursor} if cursor else {})}
        page = (await browser.get("/api/conversations", params=query)).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next"]
    return ids


async def test_closed_ones_come_by_when_they_were_closed_page_by_page(house: World) -> None:
    _, browser = await house.signed_in()
    ids = [await house.conversation(seq=4, inbound_seq=3, note_seq=4) for _ in range(5)]
    for minutes, conversation in enumerate(ids):
        await _over(house, conversation, minutes, "resolved")

    assert await _listed(browser, limit=2) == [str(each) for each in reversed(ids)]


async def test_a_row_says_how_it_ended_and_who_had_it(house: World) -> None:
    me, browser = await house.signed_in()
    conversation = await house.conversation(seq=4, inbound_seq=3, note_seq=4)
    await _over(house, conversation, 5, "no_answer", me)

    row = (await browser.get(f"/api/conversations/{conversation}")).json()

    assert row["closed"] == {
        "at": "2026-03-01T12:05:00Z",
        "outcome": "no_answer",
        "operator_name": "Helena",
    }


async def test_only_what_ended_for_good_is_closed(house: World) -> None:
    me, browser = await house.signed_in()
    returned = await house.conversation(seq=4, inbound_seq=3, note_seq=4)
    await _over(house, returned, 1, "resolved")
    await _over(house, returned, 9, "returned")
    wrote_again = await house.conversation(seq=5, inbound_seq=5, note_seq=4)
    await _over(house, wrote_again, 2, "resolved")
    reopened = await house.conversation(
        owner="human", operator_id=me, seq=4, inbound_seq=3, note_seq=4
    )
    await _over(house, reopened, 3, "resolved")
    await house.conversation(seq=1, inbound_seq=1)

    assert await _listed(browser) == []
    items = (await browser.get("/api/conversations")).json()["items"]
    assert [item["closed"] for item in items] == [None] * 4


async def test_the_bot_has_what_is_not_closed(house: World) -> None:
    _, browser = await house.signed_in()
    over = await house.conversation(seq=4, inbound_seq=3, note_seq=4)
    await _over(house, over, 1, "resolved")
    wrote_again = await house.conversation(seq=5, inbound_seq=5, note_seq=4)
    await _over(house, wrote_again, 2, "resolved")
    fresh = await house.conversation(seq=1, inbound_seq=1)
    await house.conversation(owner="waiting", seq=1, inbound_seq=1)

    assert set(await _listed(browser, view="bot")) == {str(wrote_again), str(fresh)}


async def test_the_last_of_several_ends_counts(house: World) -> None:
    _, browser = await house.signed_in()
    twice = await house.conversation(seq=4, inbound_seq=3, note_seq=4)
    await _over(house, twice, 1, "resolved")
    await _over(house, twice, 9, "unresolved")

    assert await _listed(browser) == [str(twice)]
    row = (await browser.get(f"/api/conversations/{twice}")).json()
    assert row["closed"]["outcome"] == "unresolved"


async def test_a_row_says_how_far_its_last_message_got(house: World) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation(
        seq=2, inbound_seq=1, last_inbound_at=NOON, preview="Fechado"
    )
    await house.message(conversation, 1)
    await house.message(
        conversation, 2, author="operator", status="accepted", delivery="read", text="Fechado"
    )

    [row] = (await browser.get("/api/conversations")).json()["items"]

    assert row["last"] == {"author": "operator", "status": "read"}
    assert row["last_inbound_at"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("status", "delivery", "said"),
    [
        ("refused", "", "refused"),
        ("accepted", "sending", "accepted"),
        ("accepted", "undelivered", "undelivered"),
    ],
)
async def test_the_last_message_has_our_status_until_twilio_has_told_its_end(
    house: World, status: str, delivery: str, said: str
) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation(seq=1)
    await house.message(conversation, 1, author="bot", status=status, delivery=delivery)

    [row] = (await browser.get("/api/conversations")).json()["items"]

    assert row["last"] == {"author": "bot", "status": said}
