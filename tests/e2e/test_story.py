"""The story of the product, from the first message to the conversation back with the bot."""

import pytest

from harness.operators import Operator
from harness.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_bot_then_person_then_bot_again(product: Product, helena: Operator, ana: str) -> None:
    await product.customers.write(ana, "oi, vocês abrem domingo?")
    await product.customers.gets(ana, "domingo")

    await product.customers.write(ana, "quero falar com um atendente")
    await product.customers.gets(ana, "Chamei uma pessoa")
    waiting = await helena.conversation_with(ana)
    assert waiting["owner"]["kind"] == "waiting"

    status, _ = await helena.claim(waiting["id"])
    assert status == 200
    await helena.is_owner(waiting["id"], "human")
    status, answer = await helena.reply(waiting["id"], "Olá, Ana! Reservei o seu bolo.")
    assert (status, answer["status"]) == (200, "accepted")
    await product.customers.gets(ana, "Reservei o seu bolo")

    status, _ = await helena.give_back(waiting["id"], "bolo reservado para domingo")
    assert status == 200
    await product.customers.write(ana, "vocês aceitam pix?")
    texts = await product.customers.gets(ana, "Pix")

    thread = await helena.settled_thread(waiting["id"])
    assert [m["text"] for m in thread if m["author"] != "customer"] == texts
    assert [m["seq"] for m in thread] == list(range(1, len(thread) + 1))
    assert {m["status"] for m in thread} == {"received", "accepted"}
