"""How much there is to do, and taking whoever has waited longest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from handoff_common.events import Attempt, Brief, Want
from handoff_common.events.command import Command
from handoff_common.tables import HandoffRow

from .fake_router import add
from .world import NOON, World, key

MINUTE = timedelta(minutes=1)


async def _next(browser: httpx2.AsyncClient, name: dict[str, str]) -> httpx2.Response:
    return await browser.post("/api/next", headers=name)


async def test_an_empty_house_has_nothing_to_do(house: World) -> None:
    _, browser = await house.signed_in()
    assert (await browser.get("/api/counts")).json() == {
        "waiting": 0,
        "mine": 0,
        "unanswered": 0,
        "oldest_waiting_since": None,
    }
    nobody = await _next(browser, key())
    assert (nobody.status_code, nobody.json()["type"]) == (404, "urn:handoff:nobody-waits")


async def test_the_counts_are_of_those_who_wait_and_of_ones_own(house: World) -> None:
    me, browser = await house.signed_in()
    other = await house.operator("Rui")
    await house.conversation(owner="waiting", opened_at=NOON - MINUTE)
    await house.conversation(owner="waiting", opened_at=NOON)
    await house.conversation(owner="waiting", updated_at=NOON + MINUTE)
    await house.conversation(owner="claiming", operator_id=me)
    await house.conversation(owner="human", operator_id=me)
    await house.conversation(owner="human", operator_id=other)
    await house.conversation(owner="bot")

    assert (await browser.get("/api/counts")).json() == {
        "waiting": 3,
        "mine": 2,
        "unanswered": 0,
        "oldest_waiting_since": "2026-03-01T11:59:00Z",
    }


async def test_of_ones_own_those_without_an_answer_are_counted(house: World) -> None:
    me, browser = await house.signed_in()
    other = await house.operator("Rui")
    for owner, author in ((me, "customer"), (me, "system"), (me, "operator"), (other, "customer")):
        conversation = await house.conversation(owner="human", operator_id=owner, seq=2)
        await house.message(conversation, 1)
        await house.message(conversation, 2, author=author)

    assert (await browser.get("/api/counts")).json()["unanswered"] == 2


async def test_the_next_one_is_who_has_waited_longest(house: World) -> None:
    me, browser = await house.signed_in()
    await house.conversation(owner="waiting", opened_at=NOON)
    first = await house.conversation(owner="waiting", opened_at=NOON - MINUTE, epoch=3)

    answer = await _next(browser, key())

    assert answer.status_code == 200
    assert answer.json()["conversation_id"] == str(first)
    assert answer.json()["owner"]["operator_id"] == str(me)
    [asked] = house.router.asked
    assert (asked.conversation_id, asked.epoch_seen) == (first, 3)


async def test_who_lost_one_gets_the_one_after(house: World) -> None:
    me, browser = await house.signed_in()
    lost = await house.conversation(owner="waiting", opened_at=NOON - MINUTE)
    got = await house.conversation(owner="waiting", opened_at=NOON)

    house.router.taken = {lost}
    name = key()
    answer = await _next(browser, name)
    again = await _next(browser, name)

    assert answer.json()["conversation_id"] == str(got)
    assert again.json() == answer.json()
    assert [asked.conversation_id for asked in house.router.asked] == [lost, got]
    assert {asked.operator_id for asked in house.router.asked} == {me}


async def test_a_press_that_always_comes_late_ends(house: World) -> None:
    _, browser = await house.signed_in()
    ids = [await house.conversation(owner="waiting", opened_at=NOON) for _ in range(12)]
    house.router.taken = set(ids)
    answer = await _next(browser, key())
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:handoff:others-faster")
    assert len(house.router.asked) == 10


async def test_a_press_that_was_pending_takes_nobody_else_when_it_is_repeated(house: World) -> None:
    _, browser = await house.signed_in()
    first = await house.conversation(owner="waiting", opened_at=NOON - MINUTE)
    await house.conversation(owner="waiting", opened_at=NOON)
    name = key()
    house.router.is_silent = True
    pending = await _next(browser, name)
    assert (pending.status_code, pending.json()["status"]) == (202, "pending")
    house.router.is_silent = False

    answer = await _next(browser, name)

    assert answer.json()["conversation_id"] == str(first)
    assert len(house.router.asked) == 1


async def test_a_claim_that_was_decided_meanwhile_for_another_one_counts(house: World) -> None:
    _, browser = await house.signed_in()
    first = await house.conversation(owner="waiting", opened_at=NOON - MINUTE)
    second = await house.conversation(owner="waiting", opened_at=NOON)
    name = key()

    async def decide_the_first(command: Command) -> None:
        """Let the press before be decided just as this one is asked."""
        house.router.before_deciding = None
        earlier = command.model_copy(update={"conversation_id": first, "digest": "another"})
        await house.router.request(earlier, timeout=timedelta(seconds=5))

    await house.change(first, owner="bot")  # the router has it, the list does not show it any more
    house.router.before_deciding = decide_the_first
    answer = await _next(browser, name)

    assert answer.json()["conversation_id"] == str(first)
    assert second in {asked.conversation_id for asked in house.router.asked}


async def test_an_expired_claim_is_said_to_be(house: World) -> None:
    _, browser = await house.signed_in()
    await house.conversation(owner="waiting", opened_at=NOON)
    house.router.answer = {"accepted": False, "reason": "expired", "owner_id": None}
    answer = await _next(browser, key())
    assert (answer.status_code, answer.json()["reason"]) == (409, "expired")


async def test_the_handoffs_of_a_conversation_come_with_who_and_why(house: World) -> None:
    me, browser = await house.signed_in()
    conversation = await house.conversation()
    brief = Brief(
        category="asked_for_person",
        summary="Pediu uma pessoa.",
        wants=(Want(text="cadê?", seq=3),),
        tried=(Attempt(question="cadê?", answer="Não sei.", helped=False, seq=4),),
        language="pt-BR",
        first_reply="Olá!",
    )
    await add(
        house.database,
        _handoff(conversation, 1, closed_at=NOON, outcome="resolved", note="ok", operator_id=me),
        _handoff(conversation, 2, brief=brief.model_dump(mode="json"), granted_at=NOON),
    )
    path = f"/api/conversations/{conversation}/handoffs"

    page = (await browser.get(path)).json()
    last = (await browser.get(path, params={"limit": 1})).json()

    first, second = page["items"]
    assert (first["opened_seq"], first["outcome"], first["note"]) == (1, "resolved", "ok")
    assert (first["operator_name"], first["brief"]) == ("Helena", None)
    assert Brief.model_validate(second["brief"]) == brief
    assert second["granted_at"] == "2026-03-01T12:00:00Z"
    assert (page["more"], last["more"]) == (False, True)
    assert [item["id"] for item in last["items"]] == [second["id"]]


def _handoff(conversation: UUID, number: int, **fields: object) -> HandoffRow:
    usual: dict[str, Any] = {
        "id": UUID(int=number),
        "conversation_id": conversation,
        "reason": "customer_request",
        "opened_at": NOON + number * MINUTE,
        "opened_seq": number,
    }
    usual.update(fields)
    return HandoffRow(**usual)


async def test_a_conversation_without_handoffs_has_none_and_an_unknown_one_is_unknown(
    house: World,
) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation()
    empty = await browser.get(f"/api/conversations/{conversation}/handoffs")
    unknown = await browser.get(f"/api/conversations/{UUID(int=1)}/handoffs")
    assert empty.json() == {"items": [], "more": False}
    assert (unknown.status_code, unknown.json()["type"]) == (
        404,
        "urn:handoff:unknown-conversation",
    )


@pytest.mark.parametrize(("preview", "most"), [(60, 600), (120, 667)])
async def test_a_row_of_the_inbox_is_light(house: World, preview: int, most: int) -> None:
    """Thirty of the heaviest stay under 20 kB."""
    me, browser = await house.signed_in("Maria_Aparecida_Nascimento")
    conversation = await house.conversation(
        owner="human",
        operator_id=me,
        opened_at=NOON,
        updated_at=NOON + timedelta(microseconds=123456),
        last_inbound_at=NOON + timedelta(microseconds=123456),
        preview="Oi, tudo bem? Queria saber se a encomenda de amanhã já está confirmada, porque"
        " preciso avisar o pessoal lá de casa, tá?"[:preview],
        epoch=12,
        version=345,
        seq=678,
    )
    await house.message(conversation, 678, author="operator", delivery="delivered")
    page = (await browser.get("/api/conversations")).content
    assert len(page) < most
