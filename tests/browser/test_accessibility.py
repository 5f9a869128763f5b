"""axe finds nothing: every page and state, in light, in dark, and on a phone of 390 px."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from browser.auditing import LOOKS, Audit
from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer, Window
from harness.operators import Json, Operator
from harness.product import PASSWORD
from harness.stage import Stage

pytestmark = [
    pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """A conversation for each owner, by their ids. In `mine`, Helena's, a message has failed."""

    bot: str
    waiting: str
    mine: str
    other: str
    contested: Sequence[str]
    rui: Operator


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cast(stage: Stage, emails: dict[str, str]) -> AsyncGenerator[Cast]:
    """Have each kind of conversation once, by the API."""
    async with AsyncExitStack() as stack:

        async def operator(name: str) -> Operator:
            opening = Operator.signed_in(stage.api_url, emails[name], PASSWORD)
            return await stack.enter_async_context(opening)

        helena, rui = await operator("Helena"), await operator("Rui")

        async def conversation(text: str, answer: str) -> Json:
            customer = Customer.called("Bia Nunes", stage.customers)
            await customer.writes(text)
            await customer.gets(answer)
            return await helena.conversation_with(customer.number)

        asked, called = "quero falar com um atendente", "Chamei uma pessoa"
        bot = await conversation("vocês aceitam pix?", "Pix")
        waiting, mine, other, *contested = [
            (await conversation(asked, called))["id"] for _ in range(3 + len(LOOKS))
        ]
        await helena.claim(mine)
        await helena.is_owner(mine, "human")
        await stage.customers.faults(script=[{"contains": "falha", "fault": "fail"}])
        await helena.reply(mine, "Esta falha.")
        await rui.claim(other)
        yield Cast(bot["id"], waiting, mine, other, contested, rui)
        await stage.customers.faults()


@pytest.mark.parametrize("look", LOOKS)
async def test_signing_in(console: Opening, look: str) -> None:
    window = await console("Helena", signed_in=False, reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    await window.page.goto("/")
    await expect(window.page.get_by_label("E-mail")).to_be_visible()
    await audit.of("sign-in")
    await window.page.get_by_role("button", name="Entrar").click()
    await expect(window.page.get_by_text("Faltam o e-mail e a senha.")).to_be_visible()
    await audit.of("sign-in, nothing filled in")
    await window.page.get_by_label("E-mail").fill("nobody@example.com")
    await window.page.get_by_label("Senha", exact=True).fill("not the password")
    await window.page.get_by_role("button", name="Entrar").click()
    await expect(window.page.get_by_text("E-mail ou senha não conferem.")).to_be_visible()
    await audit.of("sign-in, wrong password")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_the_inbox_and_its_threads(console: Opening, cast: Cast, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    for slug in ("esperando", "minhas", "bot", "todas"):
        await window.page.goto(f"/conversas/{slug}")
        await expect(window.list.get_by_role("link").first).to_be_visible()
        await audit.of(f"tab {slug}")
    for owner, conversation in (
        ("bot", cast.bot),
        ("waiting", cast.waiting),
        ("other", cast.other),
        ("mine", cast.mine),
    ):
        await shown(window, conversation)
        await audit.of(f"thread of {owner}")
    await expect(window.log.get_by_role("alert")).to_be_visible()
    await audit.of("thread with a failed message")
    await window.page.goto("/conversas/minhas")
    await audit.of("nothing opened")
    await window.page.goto("/conversas/todas/00000000-0000-0000-0000-000000000000")
    await expect(window.page.get_by_text("Esta conversa não existe")).to_be_visible()
    await audit.of("a conversation that is not there")
    await window.page.goto("/nowhere")
    await expect(window.page.get_by_text("Esta página não existe")).to_be_visible()
    await audit.of("a page that is not there")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_nothing_to_show(console: Opening, look: str) -> None:
    window = await console("Caio", reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    await window.page.goto("/conversas/minhas")
    await expect(window.page.get_by_text("Nenhuma conversa com você")).to_be_visible()
    await audit.of("empty tab")

    async def broken(route: Route) -> None:
        await route.fulfill(status=500, json={"title": "broken", "status": 500})

    await window.page.route("**/api/conversations?*", broken)
    await window.page.goto("/conversas/todas")
    await expect(window.page.get_by_text("Não deu para buscar as conversas")).to_be_visible()
    await audit.of("list that can't be had")
    await window.page.unroute("**/api/conversations?*")

    loading = asyncio.Event()

    async def slow(route: Route) -> None:
        await loading.wait()
        await route.abort()

    await window.page.route("**/api/conversations?*", slow)
    await window.page.goto("/conversas/todas")
    await expect(window.page.locator(".rows--loading")).to_be_visible()
    await audit.of("list that is loading")
    loading.set()
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_a_lost_claim(console: Opening, cast: Cast, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    conversation = cast.contested[list(LOOKS).index(look)]
    await shown(window, conversation)

    async def rui_first(route: Route) -> None:
        await cast.rui.claim(conversation)
        await route.continue_()

    await window.page.route("**/claim", rui_first)
    await window.claim.click()
    await expect(window.page.get_by_role("alertdialog")).to_be_visible()
    await audit.of("lost claim")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_dialogs_menus_and_lost_connections(console: Opening, cast: Cast, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    await shown(window, cast.mine)
    for button, title in (
        ("Devolver ao bot", "Devolver ao bot"),
        ("Finalizar", "Finalizar atendimento"),
    ):
        await window.page.get_by_role("button", name=button).click()
        await expect(window.page.get_by_role("dialog", name=title)).to_be_visible()
        await audit.of(f"dialog {title}")
        await window.page.keyboard.press("Escape")
    await window.log.focus()
    await window.page.keyboard.press("?")
    await expect(window.page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
    await audit.of("shortcuts")
    await window.page.keyboard.press("Escape")
    if look != "phone":  # where a thread is alone on the screen
        await window.page.get_by_role("button", name="Conta de Helena").click()
        await expect(window.page.get_by_role("menu")).to_be_visible()
        await audit.of("account menu")
        await window.page.keyboard.press("Escape")
    await window.box.fill("Um rascunho")
    await window.context.set_offline(True)
    await expect(window.page.get_by_text("Sem conexão desde")).to_be_visible()
    await audit.of("offline, with a draft")
    await window.context.set_offline(False)
    await window.box.fill("")
    assert audit.found == {}


async def shown(window: Window, conversation: str) -> None:
    await window.page.goto(f"/conversas/todas/{conversation}")
    await expect(window.log.get_by_role("listitem").first).to_be_visible()
