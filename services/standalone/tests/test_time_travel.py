"""Somebody moves the whole product forward: nothing is lost, said twice or over a human by that."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from harness.operators import Operator

from .showroom import ANA, DAY, HOUR, Showroom, showroom

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Showroom]:
    async with showroom(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def helena(shop: Showroom) -> AsyncGenerator[Operator]:
    """Provide an operator who signed in before every jump."""
    async with shop.operator("Helena") as operator:
        yield operator


@pytest.fixture(scope="module")
def numbers() -> Iterator[str]:
    return (f"+55218{index:08}" for index in itertools.count(1))


@pytest_asyncio.fixture(loop_scope="module")
async def bia(shop: Showroom, numbers: Iterator[str]) -> AsyncGenerator[str]:
    """Provide a customer of the test's own; its faults end with it."""
    yield next(numbers)
    await shop.customers.faults()


async def sending(shop: Showroom, number: str) -> None:
    """Let a customer write, and return while Twilio thinks about the bot's answer."""
    before = (await shop.customers.requests())["received"]
    await shop.customers.write(number, "aceitam pix?")
    await shop.requests("received", before + 1)


async def test_a_send_that_is_open_is_made_once_however_far_the_jump(
    shop: Showroom, helena: Operator, bia: str
) -> None:
    await shop.customers.faults(accept_delay_ms=[2500, 2500], outside_window=False)
    await sending(shop, bia)
    for _ in range(3):
        await shop.forward(7 * DAY)
    conversation = await helena.conversation_with(bia)
    thread = await helena.settled_thread(conversation["id"])
    await asyncio.sleep(2)  # what was to be said twice would be said now

    assert len(await shop.customers.got(bia)) == 1
    assert [message["status"] for message in thread] == ["received", "accepted"]


async def test_a_takeover_that_settles_waits_for_the_bots_message(
    shop: Showroom, helena: Operator, bia: str
) -> None:
    await shop.customers.faults(accept_delay_ms=[2500, 2500])
    await sending(shop, bia)
    conversation = (await helena.conversation_with(bia))["id"]
    await helena.claim(conversation)
    await helena.is_owner(conversation, "claiming")
    await shop.forward(HOUR)
    assert (await helena.reply(conversation, "já respondo"))[0] == 200
    assert (await helena.conversation(conversation))["owner"]["kind"] == "claiming"
    await helena.is_owner(conversation, "human")
    texts = await shop.customers.gets(bia, "já respondo")
    thread = await helena.settled_thread(conversation)
    assert len(texts) == 2
    assert texts[-1] == "já respondo"
    assert {message["status"] for message in thread} == {"received", "accepted"}


async def test_a_dropped_webhook_is_found_after_any_jump(
    shop: Showroom, helena: Operator, bia: str
) -> None:
    await shop.customers.faults(webhook_drop=1)
    await shop.customers.write(bia, "quero falar com um atendente")
    await shop.customers.faults()
    await shop.forward(7 * DAY)
    await shop.customers.gets(bia, "Chamei uma pessoa", seconds=60)
    conversation = (await helena.conversation_with(bia))["id"]
    await helena.claim(conversation)
    await helena.is_owner(conversation, "human")
    assert (await helena.reply(conversation, "oi!"))[0] == 200
    await shop.customers.gets(bia, "oi!")


async def test_the_window_closes_for_all_and_nobody_is_signed_out(
    shop: Showroom, helena: Operator, bia: str
) -> None:
    await shop.customers.write(bia, "quero falar com um atendente")
    conversation = (await helena.conversation_with(bia))["id"]
    await helena.is_owner(conversation, "waiting")
    await helena.claim(conversation)
    await helena.is_owner(conversation, "human")
    assert (await shop.forward(DAY + 60))["travels"] == "product"

    status, told = await helena.reply(conversation, "ainda aí?")
    assert (status, told["reason"]) == (409, "window_closed")
    await shop.customers.write(bia, "voltei", wait=True)
    assert (await helena.reply(conversation, "que bom!"))[0] == 200
    await shop.customers.gets(bia, "que bom!")
    thread = await helena.thread(conversation)
    written = {m["text"]: datetime.fromisoformat(m["created_at"]) for m in thread}
    assert written["voltei"] - written["quero falar com um atendente"] > timedelta(hours=24)
    assert (await helena.ask("/api/session")).status_code == 200


async def test_time_goes_on_where_it_was_after_a_kill(
    shop: Showroom, helena: Operator, bia: str
) -> None:
    ahead = (await shop.forward(DAY))["ahead_seconds"]
    await shop.process.kill()
    await shop.process.start()
    await shop.process.ready()
    assert (await shop.simulator.get("/clock")).json()["ahead_seconds"] == ahead
    await shop.customers.write(bia, "quero falar com um atendente")
    await shop.customers.gets(bia, "Chamei uma pessoa")
    changed = datetime.fromisoformat((await helena.conversation_with(bia))["updated_at"])
    assert changed - datetime.now(UTC) > timedelta(seconds=ahead - HOUR)


async def test_a_message_that_waited_for_its_turn_gets_a_person(tmp_path: Path) -> None:
    slow = {"HANDOFF_PAUSE_SECONDS": "60", "HANDOFF_TIME_SCALE": "1"}
    async with showroom(tmp_path, **slow) as shop, shop.operator("Rui") as rui:
        await shop.customers.write(ANA, "aceitam pix?", wait=True)
        conversation = (await rui.conversation_with(ANA))["id"]
        await shop.forward(HOUR)
        await rui.is_owner(conversation, "waiting")
        await shop.customers.gets(ANA, "Desculpe a demora")
        thread = await rui.settled_thread(conversation)
    assert thread[0]["text"] == "aceitam pix?"
