"""No question is left to nobody when a person gives the conversation back."""

import pytest

from harness.operators import Json, Operator
from harness.product import Product
from harness.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def waiting(product: Product, operator: Operator, number: str) -> Json:
    await product.customers.write(number, "quero falar com um atendente")
    await product.customers.gets(number, "Chamei uma pessoa")
    return await operator.conversation_with(number)


async def test_what_nobody_answered_is_answered_by_the_bot_after_the_return(
    product: Product, helena: Operator, ana: str
) -> None:
    conversation = (await waiting(product, helena, ana))["id"]
    assert (await helena.claim(conversation))[0] == 200
    assert (await helena.reply(conversation, "Pois não?"))[0] == 200
    await product.customers.write(ana, "aceitam pix?")
    assert (await helena.give_back(conversation, "nada combinado"))[0] == 200

    texts = await product.customers.gets(ana, "Pix")

    assert sum("Pix" in text for text in texts) == 1
    assert not any("Quer que eu chame" in text for text in texts)  # a person has answered that


async def test_who_asked_for_a_person_and_got_none_hears_from_the_bot(
    product: Product, helena: Operator, ana: str
) -> None:
    conversation = (await waiting(product, helena, ana))["id"]
    assert (await helena.give_back(conversation))[0] == 200

    await product.customers.gets(ana, "Quer que eu chame um atendente?")
    await product.customers.write(ana, "sim")
    await helena.is_owner(conversation, "waiting")


async def test_what_is_closed_is_done_and_later_words_are_a_new_episode(
    product: Product, helena: Operator, ana: str
) -> None:
    conversation = (await waiting(product, helena, ana))["id"]
    await product.customers.write(ana, "vocês abrem domingo?")
    assert (await helena.claim(conversation))[0] == 200
    assert (await helena.close(conversation))[0] == 200
    await product.customers.write(ana, "aceitam pix?")

    texts = await product.customers.gets(ana, "Pix")

    assert not any("domingo" in text for text in texts)


async def test_what_comes_while_it_is_being_closed_is_answered(
    product: Product, helena: Operator, ana: str
) -> None:
    found = await waiting(product, helena, ana)
    conversation, seen = found["id"], found["seq"]
    assert (await helena.claim(conversation))[0] == 200
    await product.customers.write(ana, "aceitam pix?")

    async def has_come() -> bool:
        return (await helena.conversation(conversation))["seq"] > seen

    await until(has_come, "the question")
    assert (await helena.close(conversation, seen=seen))[0] == 200
    await product.customers.gets(ana, "Pix")
