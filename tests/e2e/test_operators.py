"""What operators may do, and what they are told when they may not."""

import asyncio
from uuid import uuid4

import httpx2
import pytest

from harness.operators import Json, Operator
from harness.product import PASSWORD, Product

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def wrote(product: Product, operator: Operator, number: str) -> Json:
    """Let a customer write and be answered; return the conversation."""
    await product.customers.write(number, "aceitam pix?")
    await product.customers.gets(number, "Pix")
    return await operator.conversation_with(number)


def places(messages: list[Json]) -> list[tuple[int, str]]:
    return [(message["seq"], message["text"]) for message in messages]


async def test_nobody_gets_in_with_a_wrong_password(product: Product, helena: Operator) -> None:
    async with httpx2.AsyncClient(base_url=product.api_url, timeout=30) as stranger:
        for email, password in (
            ("helena@example.com", "not her password"),
            ("nobody@example.com", PASSWORD),
        ):
            answer = await stranger.post(
                "/api/session", json={"email": email, "password": password}
            )
            assert answer.status_code == 401
            assert answer.json()["type"] == "urn:handoff:wrong-credentials"
            assert not answer.cookies
    assert (await helena.ask("/api/session")).status_code == 200


async def test_nothing_is_shown_without_a_session(product: Product, helena: Operator) -> None:
    conversation = str(uuid4())
    about = f"/api/conversations/{conversation}"
    async with httpx2.AsyncClient(base_url=product.api_url, timeout=30) as stranger:
        for path in ("/api/session", "/api/conversations", about, f"{about}/messages"):
            assert (await stranger.get(path)).status_code == 401
        answer = await stranger.post(
            f"{about}/claim", json={"epoch": 0}, headers={"Idempotency-Key": uuid4().hex}
        )
        assert answer.status_code == 401
    assert (await helena.ask(about)).status_code == 404


async def test_unknown_conversations_and_commands_are_not_found(helena: Operator) -> None:
    unknown = str(uuid4())
    for path in (f"conversations/{unknown}", f"conversations/{unknown}/messages"):
        answer = await helena.ask(f"/api/{path}")
        assert (answer.status_code, answer.json()["type"]) == (
            404,
            "urn:handoff:unknown-conversation",
        )
    assert (await helena.ask(f"/api/commands/{unknown}")).status_code == 404
    claimed = await helena.click(unknown, "claim", {"epoch": 0})
    assert claimed.status_code == 404
    assert (await helena.ask("/api/conversations/not-an-id")).status_code == 422


async def test_one_key_is_one_command(product: Product, helena: Operator, ana: str) -> None:
    conversation = (await wrote(product, helena, ana))["id"]
    assert (await helena.claim(conversation))[0] == 200
    await helena.is_owner(conversation, "human")

    key, body = uuid4().hex, {"epoch": 0, "seq": 0, "text": "uma vez só"}
    clicks = [helena.command(conversation, "reply", body, key=key) for _ in range(5)]
    answers = await asyncio.gather(*clicks)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    again = await helena.click(conversation, "reply", body | {"epoch": 7, "seq": 3}, key=key)
    assert again.json() == answers[0][1]

    other = await helena.click(conversation, "reply", body | {"text": "outra coisa"}, key=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:handoff:key-reused")
    await helena.reply(conversation, "e pronto")
    texts = await product.customers.gets(ana, "e pronto")
    assert texts[-2:] == ["uma vez só", "e pronto"]
    assert len(texts) == 3


async def test_an_old_epoch_on_the_screen_is_no_reason_to_refuse(
    product: Product, helena: Operator, ana: str
) -> None:
    conversation = await wrote(product, helena, ana)
    epoch = conversation["epoch"]
    assert (await helena.claim(conversation["id"]))[0] == 200
    claimed = await helena.is_owner(conversation["id"], "human")
    assert claimed["epoch"] > epoch
    body = {"epoch": epoch, "seq": 0, "text": "vi tarde"}
    status, _ = await helena.command(conversation["id"], "reply", body)
    assert status == 200
    await product.customers.gets(ana, "vi tarde")


async def test_the_second_claim_is_told_who_has_it(
    product: Product, helena: Operator, rui: Operator, ana: str
) -> None:
    conversation = (await wrote(product, helena, ana))["id"]
    assert (await helena.claim(conversation))[0] == 200
    status, told = await rui.claim(conversation)
    assert (status, told["reason"]) == (409, "taken")
    assert told["owner"]["operator_id"] == helena.id
    assert told["owner"]["operator_name"] == "Helena"

    status, told = await rui.reply(conversation, "posso?")
    assert (status, told["reason"]) == (409, "taken")
    await helena.is_owner(conversation, "human")
    assert (await rui.close(conversation))[1]["reason"] == "taken"
    assert (await helena.claim(conversation))[0] == 200
    assert (await helena.close(conversation))[0] == 200
    assert (await rui.claim(conversation))[0] == 200


async def test_a_reply_before_the_claim_is_refused_and_its_text_kept(
    product: Product, helena: Operator, rui: Operator, ana: str
) -> None:
    conversation = (await wrote(product, helena, ana))["id"]
    key = uuid4().hex
    text = "um texto que ninguém quer digitar de novo"
    body: Json = {"epoch": 0, "seq": 0, "text": text}
    status, told = await helena.command(conversation, "reply", body, key=key)
    assert (status, told["reason"], told["owner"]["kind"]) == (409, "claim_first", "bot")

    assert (await helena.claim(conversation))[0] == 200
    assert await helena.command(conversation, "reply", body, key=key) == (status, told)
    kept = await helena.get(f"/api/commands/{told['command_id']}")
    assert (kept["status"], kept["reason"], kept["text"]) == (
        "refused", "claim_first", text,
    )  # fmt: skip
    assert (await rui.ask(f"/api/commands/{told['command_id']}")).status_code == 404
    assert text not in await product.customers.got(ana)


async def test_paging_through_the_inbox_shows_each_once(
    product: Product, helena: Operator, ana: str
) -> None:
    await wrote(product, helena, ana)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await helena.get("/api/conversations", view="all", limit=2, **cursor)
        seen += [item["id"] for item in page["items"]]
        assert len(page["items"]) <= 2
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen)) > 2
    everyone = {item["id"] for item in await helena.conversations()}
    assert set(seen) == everyone
    assert (await helena.ask("/api/conversations", cursor="nonsense")).status_code == 400
    assert (await helena.ask("/api/conversations", limit=1000)).status_code == 422


async def test_paging_through_a_thread_shows_each_once(
    product: Product, helena: Operator, ana: str
) -> None:
    conversation = (await wrote(product, helena, ana))["id"]
    assert (await helena.claim(conversation))[0] == 200
    await helena.is_owner(conversation, "human")
    for index in range(5):
        assert (await helena.reply(conversation, f"linha {index}"))[0] == 200
    whole = await helena.settled_thread(conversation)
    path = f"/api/conversations/{conversation}/messages"

    page = await helena.get(path, after=0, limit=2)
    forth: list[Json] = page["items"]
    while page["more"]:
        page = await helena.get(path, after=forth[-1]["seq"], limit=2)
        forth += page["items"]
    assert places(forth) == places(whole)

    back = (await helena.get(path, limit=2))["items"]
    while back[0]["seq"] > 1:
        page = await helena.get(path, before=back[0]["seq"], limit=3)
        back = page["items"] + back
    assert places(back) == places(whole)
