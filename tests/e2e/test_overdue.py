"""Nobody claims in time: told once, honestly, and shown to operators."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from handoff_common.testing.servers import Servers
from harness.distributed import Distributed
from harness.operators import Operator
from harness.product import Options, Product
from harness.standalone import Standalone
from harness.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LIMIT_SECONDS = 3
NOTICE = "Ainda não há ninguém livre"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["standalone", "distributed"])
async def impatient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: Servers
) -> AsyncGenerator[Product]:
    """Provide a product whose customers are told after seconds."""
    options = Options(
        tmp_path_factory.mktemp(f"impatient_{request.param}"),
        time_scale=0.1,
        unanswered_minutes=LIMIT_SECONDS / 60,
    )
    if request.param == "standalone":
        made: Product = Standalone(options)
    else:
        made = Distributed(options, given=servers)
    async with made.running():
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rosa(impatient: Product) -> AsyncGenerator[Operator]:
    async with impatient.operator("Rosa") as operator:
        yield operator


async def test_who_waits_too_long_is_told_once_and_shown_as_overdue(
    impatient: Product, rosa: Operator, ana: str
) -> None:
    await impatient.customers.write(ana, "quero falar com um atendente")
    await impatient.customers.gets(ana, "Chamei uma pessoa")
    conversation = (await rosa.conversation_with(ana))["id"]

    async def overdue() -> bool:
        return (await rosa.conversation(conversation))["overdue_at"] is not None

    await until(overdue, "the wait to be overdue")
    await impatient.customers.gets(ana, NOTICE)
    await asyncio.sleep(2 * LIMIT_SECONDS)  # were there a second notice, it would come now
    assert (await rosa.claim(conversation))[0] == 200
    assert not await overdue()
    assert (await rosa.reply(conversation, "Olá, Ana!"))[0] == 200
    texts = await impatient.customers.gets(ana, "Olá, Ana!")
    assert [NOTICE in text for text in texts] == [False, True, False]


async def test_who_is_claimed_in_time_never_hears_of_it(
    impatient: Product, rosa: Operator, ana: str
) -> None:
    await impatient.customers.write(ana, "quero falar com um atendente")
    conversation = (await rosa.conversation_with(ana))["id"]
    assert (await rosa.claim(conversation))[0] == 200
    await asyncio.sleep(2 * LIMIT_SECONDS)  # the deadline passes
    assert (await rosa.reply(conversation, "Olá, Ana!"))[0] == 200

    texts = await impatient.customers.gets(ana, "Olá, Ana!")

    assert not any(NOTICE in text for text in texts)
