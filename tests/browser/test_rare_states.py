"""axe finds nothing in what comes rarely, either: the page is told by the API that it has come."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Route, expect

from browser.auditing import LOOKS, Audit
from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer, Window

pytestmark = [pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session")]

Change = Callable[[Any], None]


LIST, THREAD, MESSAGES = (
    re.compile(f"/api/conversations{path}") for path in (r"\?", "/[0-9a-f-]{36}$", "/.*/messages")
)


async def told(window: Window, url: re.Pattern[str], change: Change) -> None:
    """Change what the API says to this window."""

    async def changed(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json()
        change(body)
        await route.fulfill(response=answer, json=body)

    await window.page.route(url, changed)


async def asks_for_person(window: Window, ana: Customer) -> None:
    await ana.writes("quero falar com um atendente")
    await ana.gets("Chamei uma pessoa")
    await window.opens(ana, "Esperando")


@pytest.mark.parametrize("look", LOOKS)
async def test_who_waits_too_long(console: Opening, ana: Customer, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    await ana.writes("quero falar com um atendente")
    await ana.gets("Chamei uma pessoa")

    def overdue(page: Any) -> None:  # noqa: ANN401  # JSON
        for row in page["items"]:
            row["overdue_at"] = row["waiting_since"]

    audit = Audit(window.page)
    await told(window, LIST, overdue)
    await window.page.goto("/conversas/esperando")
    await expect(window.row(ana).get_by_text("Ninguém assumiu")).to_be_visible()
    await expect(window.row(ana)).not_to_contain_text("Na fila")  # it says that already
    await audit.of("overdue")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_a_takeover_that_settles(console: Opening, ana: Customer, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    await asks_for_person(window, ana)
    await window.claim.click()
    await window.has_it()

    def settling(thread: Any) -> None:  # noqa: ANN401  # JSON
        thread["owner"]["kind"] = "claiming"

    audit = Audit(window.page)
    await told(window, THREAD, settling)
    await window.page.reload()
    await expect(window.page.get_by_text("Mensagem do bot saindo")).to_be_visible()
    await window.box.fill("Já respondo, Ana.")
    await audit.of("takeover that settles")
    assert audit.found == {}


@pytest.mark.parametrize("status", ["doubtful", "unconfirmed"])
@pytest.mark.parametrize("look", LOOKS)
async def test_a_message_of_which_nobody_knows(
    console: Opening, ana: Customer, look: str, status: str
) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    await asks_for_person(window, ana)
    await window.claim.click()
    await window.has_it()
    await window.sends("Chegou isto?")
    await ana.gets("Chegou isto?")

    def doubtful(page: Any) -> None:  # noqa: ANN401  # JSON
        for message in page["items"]:
            if message["text"] == "Chegou isto?":
                message |= {"status": status, "can_decide": status == "doubtful"}

    audit = Audit(window.page)
    await told(window, MESSAGES, doubtful)
    await window.page.reload()
    await expect(window.message("Chegou isto?")).to_contain_text("Ninguém sabe se")
    await audit.of(status)
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_where_nobody_can_write(console: Opening, ana: Customer, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    await asks_for_person(window, ana)
    await window.claim.click()
    await window.has_it()
    await window.box.fill("Um rascunho que fica.")
    audit = Audit(window.page)
    now: dict[str, Any] = {}
    await told(window, THREAD, lambda thread: thread.update(now))
    closed = {"at": "2026-11-20T14:00:00Z", "outcome": "resolved", "operator_name": "Helena"}
    nobody = {"kind": "bot", "operator_id": None, "operator_name": None}
    for said, change in (
        ("A janela de 24 horas fechou", {"window_open_until": "2026-11-20T14:00:00Z"}),
        ("Ana pediu para não receber", {"opted_out": True}),
        ("Atendimento encerrado", {"opted_out": False, "owner": nobody, "closed": closed}),
    ):
        now |= change
        await window.page.reload()
        await expect(window.page.get_by_text(said)).to_be_visible()
        await window.page.get_by_text("Rascunho guardado").click()
        await audit.of(said)
    await window.page.goto("/conversas/encerradas")
    await expect(window.tab("Encerradas")).to_have_attribute("aria-selected", "true")
    await audit.of("tab encerradas")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_a_session_that_ends(console: Opening, ana: Customer, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    await asks_for_person(window, ana)
    audit = Audit(window.page)
    await window.context.clear_cookies()
    await window.claim.click()
    again = window.page.get_by_role("dialog", name="Entre de novo, Helena")
    await expect(again).to_be_visible()
    await audit.of("signed out")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_a_session_that_is_about_to_end(console: Opening, look: str) -> None:
    window = await console("Helena", reduced_motion="reduce", **LOOKS[look])
    audit = Audit(window.page)
    ending = 'event: session\ndata: {"type": "session", "seconds": 90, "renewable": false}\n\n'
    await window.page.route(
        "**/api/feed*",
        lambda route: route.fulfill(body=ending, headers={"Content-Type": "text/event-stream"}),
    )
    await window.page.reload()
    await window.page.get_by_role("button", name="Entrar de novo agora").click()
    await expect(window.page.get_by_role("dialog", name="Entre de novo, Helena")).to_be_visible()
    await audit.of("to sign in early")
    await window.page.keyboard.press("Escape")
    await audit.of("ending")
    assert audit.found == {}
