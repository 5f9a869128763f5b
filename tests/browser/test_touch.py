"""Whatever is pressed with a finger is at least 44 pixels wide and high: every page and state."""

import json

import pytest
from playwright.async_api import Page, Route, expect

from browser.auditing import LOOKS
from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer, Window
from harness.stage import Stage

pytestmark = [
    pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]  # fmt: skip

NARROW = {"viewport": {"width": 390, "height": 844}}
TOUCH = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True}
FINGERS = {"phone": LOOKS["phone"], "narrow window": NARROW, "tablet": TOUCH}
"""A tablet is wide and has no mouse; a window of 390 pixels may have one."""

# What a label holds is pressed by the label; a pixel is what screen readers have.
_SMALL = """() => [...document.querySelectorAll(
    'a, button, input, select, textarea, summary, [role="tab"], [role^="menuitem"]')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .filter((each) => !each.closest('.vh, .skip, [style*="width: 1px"]'))
  .map((each) => [each, ((each.matches('input') && each.closest('label')) || each)
    .getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 43.5)
  .map(([each, { width, height }]) => `${each.outerHTML.slice(0, 90)}: ${width} x ${height}`)"""


class Fingers:
    """Collects what is too small in one window, by state."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.small: dict[str, list[str]] = {}

    async def try_(self, state: str) -> None:
        found = await self.page.evaluate(_SMALL)
        if found:
            self.small[state] = found


@pytest.mark.parametrize("hand", FINGERS)
@pytest.mark.usefixtures("calm")
async def test_every_target_is_large_enough(
    stage: Stage, console: Opening, ana: Customer, hand: str
) -> None:
    await ana.writes("vocês aceitam pix?")
    await ana.gets("Pix")
    window = await console("Helena", signed_in=False, reduced_motion="reduce", **FINGERS[hand])
    page, fingers = window.page, Fingers(window.page)
    await page.goto("/")
    await expect(page.get_by_label("E-mail")).to_be_visible()
    await fingers.try_("sign-in")
    await window.sign_in()
    await the_list(window, fingers)
    await the_thread(stage, window, ana, fingers)
    assert json.dumps(fingers.small, indent=1, ensure_ascii=False) == "{}"


async def the_list(window: Window, fingers: Fingers) -> None:
    page = window.page
    for slug in ("esperando", "minhas", "bot", "todas", "encerradas"):
        await page.goto(f"/conversas/{slug}")
        await expect(window.list.locator("[data-row], .empty").first).to_be_visible()
        await fingers.try_(f"tab {slug}")
    await page.get_by_role("button", name="Conta de Helena").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await fingers.try_("account menu")
    await page.keyboard.press("Escape")
    await page.locator(".rail__sound").click()
    await expect(page.get_by_role("dialog", name="Avisos e sons")).to_be_visible()
    await fingers.try_("alerts")
    await page.keyboard.press("Escape")

    async def broken(route: Route) -> None:
        await route.fulfill(status=500, json={"title": "broken", "status": 500})

    await page.route("**/api/conversations?*", broken)
    await page.goto("/conversas/todas")
    await expect(page.get_by_text("Não deu para buscar as conversas")).to_be_visible()
    await fingers.try_("list that can't be had")
    await page.unroute("**/api/conversations?*")
    await page.goto("/conversas/todas/00000000-0000-0000-0000-000000000000")
    await expect(page.get_by_text("Esta conversa não existe")).to_be_visible()
    await fingers.try_("a conversation that is not there")
    await page.goto("/nowhere")
    await expect(page.get_by_text("Esta página não existe")).to_be_visible()
    await fingers.try_("a page that is not there")


async def the_thread(stage: Stage, window: Window, ana: Customer, fingers: Fingers) -> None:
    page = window.page
    await page.goto("/conversas/todas")
    await window.opens(ana)
    await fingers.try_("thread of the bot")
    await ana.writes("quero falar com um atendente")
    await expect(page.get_by_text("Assuma para responder")).to_be_visible()
    await fingers.try_("thread of somebody who waits")
    await window.claim.click()
    await window.has_it()
    await fingers.try_("thread of mine")
    await stage.customers.faults(script=[{"contains": "falha", "fault": "fail", "code": 63018}])
    await window.sends("Esta falha.")
    await expect(window.log.get_by_role("button", name="Enviar de novo")).to_be_visible()
    await fingers.try_("a message that failed")
    for button in ("Devolver ao bot", "Finalizar"):
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await fingers.try_(f"dialog {button}")
        await page.keyboard.press("Escape")
    await window.box.fill("Um rascunho")
    await window.context.set_offline(True)
    await expect(page.get_by_text("Sem conexão desde")).to_be_visible()
    await fingers.try_("offline, with a draft")
    await window.context.set_offline(False)
    await window.is_live()
    await window.box.fill("")
