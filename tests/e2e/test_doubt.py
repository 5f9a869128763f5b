"""What goes wrong between us and Twilio, and what the operator sees of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.customers import Shown
from harness.operators import Json, Operator
from harness.product import Product
from harness.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("calm"),
]

PATIENCE = 60
"""Seconds; the checks of a doubtful message end after 18 at this time scale."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation, from both sides."""

    product: Product
    operator: Operator
    number: str
    id: str

    async def message(self, text: str) -> Json:
        """Return the message of ours that contains `text`, once it is in the thread."""

        async def found() -> Json | None:
            for message in await self.operator.thread(self.id):
                if message["author"] != "customer" and text in message["text"]:
                    return message
            return None

        return await until(found, f"{text!r} in the thread")

    async def becomes(self, text: str, **facts: object) -> Json:
        """Wait until that message is as said."""

        async def there() -> Json | None:
            message = await self.message(text)
            return message if facts.items() <= message.items() else None

        return await until(there, f"{text!r} with {facts}", seconds=PATIENCE)

    async def arrived(self, text: str) -> list[Shown]:
        """Return what is on the phone of that message."""
        phone = await self.product.customers.phone(self.number)
        return [shown for shown in phone if shown.is_ours and text in shown.text]


async def with_bot(product: Product, operator: Operator, number: str) -> Talk:
    """Open a conversation that the bot has greeted."""
    await product.customers.write(number, "oi")
    await product.customers.gets(number, "Como posso ajudar")
    conversation = await operator.conversation_with(number)
    return Talk(product, operator, number, conversation["id"])


async def with_person(product: Product, operator: Operator, number: str) -> Talk:
    """Open a conversation that the operator has."""
    talk = await with_bot(product, operator, number)
    assert (await operator.claim(talk.id))[0] == 200
    await operator.is_owner(talk.id, "human")
    return talk


async def test_an_answer_that_was_lost_is_not_said_again(
    product: Product, helena: Operator, ana: str
) -> None:
    talk = await with_bot(product, helena, ana)
    await product.customers.faults(script=[{"contains": "Pix", "fault": "cut_after"}])
    await product.customers.write(ana, "vocês aceitam pix?")
    await talk.becomes("Pix", status="accepted")
    assert len(await talk.arrived("Pix")) == 1


async def test_an_answer_that_was_lost_with_its_reports_is_found_in_the_list(
    product: Product, helena: Operator, ana: str
) -> None:
    talk = await with_bot(product, helena, ana)
    lost = [
        {"contains": "Pix", "fault": fault, "times": 9} for fault in ("cut_after", "callback_drop")
    ]
    await product.customers.faults(script=lost)
    await product.customers.write(ana, "vocês aceitam pix?")
    await talk.becomes("Pix", status="accepted")
    assert len(await talk.arrived("Pix")) == 1


async def test_what_nobody_knows_is_shown_and_only_its_author_sends_it_again(
    product: Product, helena: Operator, rui: Operator, numbers: Iterator[str]
) -> None:
    bot = await with_bot(product, helena, next(numbers))
    again = await with_person(product, helena, next(numbers))
    leave = await with_person(product, helena, next(numbers))
    texts = ("Pix", "de novo", "deixa estar")
    await product.customers.faults(
        script=[{"contains": text, "fault": "cut_before"} for text in texts]
    )
    await product.customers.write(bot.number, "vocês aceitam pix?")
    for talk, text in ((again, "de novo"), (leave, "deixa estar")):
        assert (await helena.reply(talk.id, text))[0] == 200
        assert (await helena.reply(talk.id, "e o que vem depois"))[0] == 200
    early = await again.becomes("de novo", status="doubtful")
    assert not early["can_decide"]
    status, told = await helena.decide(again.id, early["id"], resend=True)
    assert (status, told["reason"]) == (409, "nothing_to_decide")

    doubtful = await asyncio.gather(
        again.becomes("de novo", status="doubtful", can_decide=True),
        leave.becomes("deixa estar", status="doubtful", can_decide=True),
        bot.becomes("Pix", status="unconfirmed"),
    )
    status, told = await rui.decide(again.id, doubtful[0]["id"], resend=True)
    assert (status, told["reason"]) == (409, "nothing_to_decide")
    assert (await helena.decide(again.id, doubtful[0]["id"], resend=True))[0] == 200
    assert (await helena.decide(leave.id, doubtful[1]["id"], resend=False))[0] == 200

    await again.becomes("de novo", status="accepted", attempt=2)
    await leave.becomes("deixa estar", status="unconfirmed")
    for talk in (again, leave):
        await talk.becomes("depois", status="accepted")
    assert (await product.customers.got(again.number))[1:] == ["de novo", "e o que vem depois"]
    assert (await product.customers.got(leave.number))[1:] == ["e o que vem depois"]
    assert await bot.arrived("Pix") == []


async def test_what_twilio_had_no_time_for_arrives_later_and_once(
    product: Product, helena: Operator, ana: str
) -> None:
    talk = await with_person(product, helena, ana)
    await product.customers.faults(
        script=[{"contains": "calma", "fault": "reject_429", "times": 2}]
    )
    assert (await helena.reply(talk.id, "com calma"))[0] == 200
    assert (await helena.reply(talk.id, "chego lá"))[0] == 200
    await talk.becomes("chego", status="accepted")
    assert (await product.customers.got(ana))[1:] == ["com calma", "chego lá"]


async def test_what_a_wrong_token_held_back_arrives_once_it_is_set_right(
    product: Product, helena: Operator, numbers: Iterator[str]
) -> None:
    person = await with_person(product, helena, next(numbers))
    bot = await with_bot(product, helena, next(numbers))
    await product.customers.faults(reject_401=1)
    for text in ("não se perde", "e em ordem"):
        assert (await helena.reply(person.id, text))[0] == 200
    await product.customers.write(bot.number, "vocês aceitam pix?")
    await bot.becomes("Pix", status="released")

    with pytest.raises(AssertionError, match=r"messages wait: \d for error 20003"):
        await product.command("doctor")
    assert "configuration.refused" in product.logs()
    assert (await person.message("perde"))["status"] == "released"
    assert (await person.message("ordem"))["status"] == "queued"
    await product.customers.faults()

    await person.becomes("ordem", status="accepted")
    await bot.becomes("Pix", status="accepted")
    assert (await product.customers.got(person.number))[1:] == ["não se perde", "e em ordem"]
    assert len(await bot.arrived("Pix")) == 1
    assert "nothing waits" in await product.command("doctor")


@pytest.mark.parametrize("code", [63016, 63024])
async def test_a_delivery_that_failed_is_shown_with_its_code(
    code: int, product: Product, helena: Operator, ana: str
) -> None:
    talk = await with_person(product, helena, ana)
    await product.customers.faults(script=[{"contains": "chegou?", "fault": "fail", "code": code}])
    assert (await helena.reply(talk.id, "chegou?"))[0] == 200
    failed = await talk.becomes("chegou?", code=code)
    assert failed["delivery"] in ("failed", "undelivered")
    assert (await helena.reply(talk.id, "e agora"))[0] == 200
    await talk.becomes("e agora", status="accepted", code=None)


async def test_a_long_text_arrives_in_order(product: Product, helena: Operator, ana: str) -> None:
    talk = await with_person(product, helena, ana)
    text = " ".join(f"palavra{index:04}" for index in range(340))[:4000].strip()
    assert (await helena.reply(talk.id, text))[0] == 200
    assert (await helena.reply(talk.id, "fim"))[0] == 200
    *parts, end = (await product.customers.gets(ana, "fim"))[1:]
    assert end == "fim"
    assert len(parts) > 2
    assert max(map(len, parts)) <= 1600
    assert " ".join(parts) == text


async def test_a_takeover_waits_for_the_bots_message_that_is_on_its_way(
    product: Product, helena: Operator, rui: Operator, ana: str
) -> None:
    talk = await with_bot(product, helena, ana)
    await product.customers.faults(delay_ms=[1500, 1500])
    await product.customers.write(ana, "vocês aceitam pix?")
    await product.customers.gets(ana, "Pix")  # Twilio has it, and has not answered us yet
    status, claimed = await helena.claim(talk.id)
    assert (status, claimed["owner"]["kind"]) == (200, "claiming")
    await product.customers.faults()

    assert (await helena.reply(talk.id, "sou a Helena"))[0] == 200
    assert (await talk.message("Helena"))["status"] == "queued"
    status, told = await helena.close(talk.id)
    assert (status, told["reason"]) == (409, "settling")
    status, told = await rui.claim(talk.id)
    assert (status, told["owner"]["operator_id"]) == (409, helena.id)

    await helena.is_owner(talk.id, "human")
    texts = await product.customers.gets(ana, "Helena")
    assert ["Pix" in texts[-2], texts[-1]] == [True, "sou a Helena"]
    thread = await helena.settled_thread(talk.id)
    assert {m["status"] for m in thread} == {"received", "accepted"}
