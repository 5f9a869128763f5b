"""Reading a conversation."""

from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .world import World


async def _page(
    browser: httpx2.AsyncClient, conversation: UUID, **query: int
) -> tuple[list[int], bool]:
    response = await browser.get(f"/api/conversations/{conversation}/messages", params=query)
    assert response.status_code == 200
    page = response.json()
    return [item["seq"] for item in page["items"]], page["more"]


async def test_a_message_says_who_wrote_it_and_how_far_it_got(house: World) -> None:
    operator, browser = await house.signed_in()
    conversation = await house.conversation()
    await house.message(conversation, 1, text="Oi")
    message = await house.message(
        conversation,
        2,
        author="operator",
        operator_id=operator,
        text="Olá",
        status="accepted",
        delivery="undelivered",
        code=63016,
    )

    items = (await browser.get(f"/api/conversations/{conversation}/messages")).json()["items"]

    assert [item["text"] for item in items] == ["Oi", "Olá"]
    assert items[1] == {
        "id": str(message),
        "seq": 2,
        "author": "operator",
        "operator_id": str(operator),
        "operator_name": "Helena",
        "text": "Olá",
        "created_at": "2026-03-01T12:00:00Z",
        "status": "accepted",
        "delivery": "undelivered",
        "code": 63016,
        "automatic": False,
        "attempt": 1,
        "can_decide": False,
        "sources": [],
    }


async def test_only_the_author_is_asked_about_a_doubtful_message(house: World) -> None:
    helena, mine = await house.signed_in("Helena")
    _, others = await house.signed_in("Rui")
    conversation = await house.conversation()
    await house.message(
        conversation,
        1,
        author="operator",
        operator_id=helena,
        status="doubtful",
        doubt_is_last=True,
    )
    path = f"/api/conversations/{conversation}/messages"

    assert (await mine.get(path)).json()["items"][0]["can_decide"] is True
    assert (await others.get(path)).json()["items"][0]["can_decide"] is False


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(count=st.integers(0, 11), limit=st.integers(1, 4))
async def test_reading_backwards_and_forwards_both_give_the_whole_conversation(
    house: World, count: int, limit: int
) -> None:
    _, browser = await house.signed_in(f"o{uuid4()}")
    conversation = await house.conversation()
    for seq in range(1, count + 1):
        await house.message(conversation, seq)

    page, more = await _page(browser, conversation, limit=limit)
    backwards = page
    while more:
        await house.message(conversation, 1000 + len(backwards))  # comes in meanwhile
        page, more = await _page(browser, conversation, limit=limit, before=backwards[0])
        backwards = page + backwards
    forwards, more = await _page(browser, conversation, limit=limit, after=0)
    while more and forwards[-1] < count:
        page, more = await _page(browser, conversation, limit=limit, after=forwards[-1])
        forwards += page

    assert backwards == list(range(1, count + 1))
    assert forwards[:count] == backwards


async def test_other_conversations_are_not_mixed_in(house: World) -> None:
    _, browser = await house.signed_in()
    one, other = await house.conversation(), await house.conversation()
    await house.message(one, 1)
    await house.message(other, 1)

    assert await _page(browser, one) == ([1], False)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"before": 5, "after": 1}, 400),
        ({"before": -1}, 422),
        ({"after": 2**31}, 422),
        ({"limit": 0}, 422),
        ({"limit": 101}, 422),
        ({"before": "1; drop table messages"}, 422),
    ],
)
async def test_wrong_spans_are_refused(
    house: World, query: dict[str, int | str], status: int
) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation()

    response = await browser.get(f"/api/conversations/{conversation}/messages", params=query)

    assert response.status_code == status
