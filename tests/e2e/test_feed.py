"""What the console lives on: the feed, the brief, the next one in the queue."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest

from harness.operators import Json, Operator
from harness.product import Product
from harness.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

IDLE_SECONDS = 2
STREAMS = 5
"""So many that both replicas of the distributed mode have some of them."""


async def briefed(operator: Operator, conversation: str, count: int = 1) -> list[Json]:
    """Wait until every handoff of a conversation has its brief."""

    async def there() -> list[Json] | None:
        found = await operator.handoffs(conversation)
        return found if len(found) == count and all(each["brief"] for each in found) else None

    return await until(there, "the brief", seconds=15)


async def asks_for_person(product: Product, operator: Operator, number: str, text: str) -> str:
    await product.customers.write(number, text)
    await product.customers.gets(number, "Chamei uma pessoa")
    return (await operator.conversation_with(number))["id"]


async def test_everybody_who_looks_is_told_whichever_replica_they_reached(
    product: Product, helena: Operator, ana: str
) -> None:
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(helena.feed()) for _ in range(STREAMS)]
        conversation = await asks_for_person(product, helena, ana, "quero falar com um atendente")
        await asyncio.gather(
            *(stream.conversation(conversation, owner="waiting") for stream in streams)
        )
        assert (await helena.claim(conversation))[0] == 200
        await helena.is_owner(conversation, "human")
        for stream in streams:
            told = await stream.conversation(conversation, owner="human", operator_id=helena.id)
            assert set(told) == {
                "type", "conversation_id", "version", "owner", "operator_id", "time",
            }  # fmt: skip
        version = (await helena.conversation(conversation))["version"]
        await streams[0].until(
            lambda event: (
                event.get("conversation_id") == conversation and event["version"] >= version
            )
        )


async def test_who_looks_elsewhere_is_not_told(
    product: Product, helena: Operator, rui: Operator, numbers: Iterator[str]
) -> None:
    quiet, loud = next(numbers), next(numbers)
    await product.customers.write(quiet, "oi")
    await product.customers.gets(quiet, "Como posso ajudar")
    mine = (await helena.conversation_with(quiet))["id"]
    await helena.settled_thread(mine)
    async with rui.feed(view="mine") as stream, rui.feed(view="mine", open=mine) as thread:
        await product.customers.write(quiet, "vocês aceitam pix?")
        await product.customers.gets(quiet, "Pix")
        await thread.conversation(mine, owner="bot")
        other = await asks_for_person(product, rui, loud, "quero falar com um atendente")
        assert (await rui.claim(other))[0] == 200
        await stream.conversation(other, operator_id=rui.id)
    told = [e["version"] for e in stream.events if e.get("conversation_id") == mine]
    assert len(told) <= 1  # the first change: nobody knew which list it had left


async def test_a_server_with_open_streams_stops_at_once_and_the_gap_is_told(
    product: Product, helena: Operator, numbers: Iterator[str]
) -> None:
    victim = next(p for p in product.processes if p.name in ("standalone", "operator-api.0"))
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(helena.feed()) for _ in range(STREAMS)]
        others = [process for process in product.processes if process is not victim]
        took = await victim.stop()
        if not others:
            await asyncio.gather(*(stream.is_over.wait() for stream in streams))
        last = streams[0].last
    await victim.start()  # before anything is asserted: the next tests want it, too
    await victim.ready()
    assert took < IDLE_SECONDS

    number = next(numbers)
    await product.customers.write(number, "oi")
    await product.customers.gets(number, "Como posso ajudar")
    conversation = (await helena.conversation_with(number))["id"]
    async with helena.feed(last=last) as again:
        hello = await again.hello()
        assert hello["replay"] >= 1
        await again.conversation(conversation)


async def test_the_brief_follows_the_handoff_and_each_has_its_own(
    product: Product, helena: Operator, ana: str
) -> None:
    await product.customers.write(ana, "oi, vocês abrem domingo?")
    await product.customers.gets(ana, "domingo")
    conversation = await asks_for_person(
        product, helena, ana, "quero falar com um atendente sobre o pedido 4127"
    )
    [first] = await briefed(helena, conversation)
    brief = first["brief"]
    assert (brief["category"], brief["language"]) == ("asked_for_person", "pt-BR")
    assert [want["text"] for want in brief["wants"]] == [
        "oi, vocês abrem domingo?",
        "quero falar com um atendente sobre o pedido 4127",
    ]
    assert {"kind": "order", "value": "4127", "seq": first["opened_seq"]} in brief["facts"]
    [tried] = brief["tried"]
    assert (tried["helped"], tried["sources"]) == (True, ["domingo"])
    assert brief["first_reply"]

    assert (await helena.claim(conversation))[0] == 200
    await helena.is_owner(conversation, "human")
    assert (await helena.reply(conversation, "O 4127 sai hoje."))[0] == 200
    await product.customers.gets(ana, "O 4127 sai hoje.")
    assert (await helena.give_back(conversation, "resolvido"))[0] == 200
    await asks_for_person(product, helena, ana, "me chama um humano de novo, pedido 5000")
    first, second = await briefed(helena, conversation, 2)
    assert (first["outcome"], first["note"], first["operator_name"]) == (
        "returned",
        "resolvido",
        "Helena",
    )
    assert [fact["value"] for fact in second["brief"]["facts"]] == ["5000"]
    assert second["opened_seq"] > first["opened_seq"]


async def test_two_who_take_the_next_one_at_once_get_two_conversations(
    product: Product, helena: Operator, rui: Operator, numbers: Iterator[str]
) -> None:
    await take_all(rui)
    waiting = {
        await asks_for_person(product, helena, next(numbers), "quero falar com um atendente")
        for _ in range(2)
    }
    counts = await helena.get("/api/counts")
    assert counts["waiting"] == 2
    assert counts["oldest_waiting_since"] is not None

    answers = await asyncio.gather(helena.take_next(), rui.take_next())

    assert {answer.json()["conversation_id"] for answer in answers} == waiting
    assert [answer.json()["owner"]["operator_id"] for answer in answers] == [helena.id, rui.id]
    nobody = await rui.take_next()
    assert (nobody.status_code, nobody.json()["type"]) == (404, "urn:handoff:nobody-waits")
    assert (await helena.get("/api/counts"))["waiting"] == 0


async def take_all(operator: Operator) -> None:
    """Leave nobody waiting who belongs to another test."""
    while (await operator.take_next()).status_code == 200:
        pass


async def test_the_api_describes_itself_where_the_console_is(product: Product) -> None:
    async with httpx2.AsyncClient(base_url=product.api_url) as browser:
        assert "/api/feed" in (await browser.get("/openapi.json")).json()["paths"]
        assert "/api/feed" in (await browser.get("/docs")).text
        page = await browser.get("/conversas/minhas", headers={"Accept": "text/html"})
    assert "default-src" in page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith(("text/html", "text/plain"))
