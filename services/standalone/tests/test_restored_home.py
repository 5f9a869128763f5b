"""A backup, a day's work, the backup put back: the phones get nothing twice."""

import asyncio
from pathlib import Path

import pytest

from handoff_standalone.backups.restoring import restore
from handoff_standalone.backups.saving import back_up
from harness.operators import Operator
from harness.product import Options
from harness.standalone import Standalone
from harness.waiting import until

from .world import silently

pytestmark = pytest.mark.e2e

SCALE = 0.1
PATIENCE = 60
BOT, OPERATOR, PENDING, NEW, QUIET = (f"+5521988{index:06}" for index in range(5))
PEOPLE = (BOT, OPERATOR, PENDING, NEW, QUIET)
STUCK = ("Pix", "um instante")
"""Of the bot's answer and of the operator's: Twilio has no time for them before the backup."""


async def phones(product: Standalone) -> dict[str, list[str]]:
    return {number: await product.customers.got(number) for number in PEOPLE}


async def told(product: Standalone, number: str, text: str) -> None:
    await product.customers.gets(number, text, seconds=PATIENCE)


async def at_the_backup(product: Standalone, helena: Operator) -> None:
    """Leave work in every state that a backup can find it in."""
    for number in (BOT, OPERATOR, QUIET):
        await product.customers.write(number, "oi")
        await told(product, number, "Como posso ajudar")
    script = [{"contains": text, "fault": "reject_429", "times": 99} for text in STUCK]
    await product.customers.faults(script=script)
    await product.customers.write(BOT, "vocês aceitam pix?")
    mine = await helena.conversation_with(OPERATOR)
    assert (await helena.claim(mine["id"]))[0] == 200
    await helena.is_owner(mine["id"], "human")
    for text in ("um instante", "e mais isto"):
        assert (await helena.reply(mine["id"], text))[0] == 200

    async def refused() -> bool:
        return (await product.customers.requests())["faults"].get("reject_429", 0) >= 4

    await until(refused, "both messages to be put off")
    await product.customers.write(PENDING, "abrem domingo?", wait=True)
    sent = await phones(product)
    assert [len(sent[number]) for number in (BOT, OPERATOR, PENDING)] == [1, 1, 0]


async def since_the_backup(product: Standalone) -> None:
    """Let everything that was under way arrive, and new things happen."""
    await product.customers.faults()
    await told(product, BOT, "Pix")
    await told(product, OPERATOR, "e mais isto")
    await told(product, PENDING, "domingos")
    await product.customers.write(NEW, "abrem domingo?")
    await told(product, NEW, "domingos")
    await product.customers.write(QUIET, "quero falar com um atendente")
    await told(product, QUIET, "Chamei uma pessoa")


async def test_nothing_is_said_twice_after_a_restore(tmp_path: Path) -> None:
    product = Standalone(Options(tmp_path, time_scale=SCALE, pause_seconds=10))
    home, archive = tmp_path / "home", tmp_path / "backup.zip"
    async with product.running(), product.operator("Helena") as helena:
        [process], customers = product.processes, product.customers
        await at_the_backup(product, helena)
        back_up(home, archive, silently)
        await since_the_backup(product)
        before = await phones(product)
        await process.kill()
        await restore(home, archive, force=True, step=silently)
        await process.start()
        await process.ready()

        async with product.operator("Rui") as rui:
            mine = (await rui.conversation_with(OPERATOR))["id"]
            thread = await rui.settled_thread(mine)
            assert {m["status"] for m in thread} <= {"received", "accepted"}
            paid = (await rui.conversation_with(BOT))["id"]
            thread = await rui.settled_thread(paid)
            assert {m["status"] for m in thread} <= {"received", "accepted"}
            for number in (PENDING, NEW, QUIET):

                async def there(number: str = number) -> bool:
                    found = await rui.conversation_with(number)
                    return found["owner"]["kind"] == "waiting"

                await until(there, f"{number} waiting for a person", seconds=PATIENCE)
            await asyncio.sleep(2 * 60 * SCALE)  # two more rounds of reconciliation
            assert await phones(product) == before

            await customers.write(BOT, "e vocês abrem domingo?")
            await told(product, BOT, "domingos")
