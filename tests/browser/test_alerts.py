"""Somebody waits: the tab's title says so, and so do a sound and a notification of the system."""

import re

import pytest
from playwright.async_api import Page, expect

from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer

pytestmark = [pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session")]

# A browser without a screen shows no notifications, and its tabs are never hidden.
_STAND_INS = """
globalThis.told = []
globalThis.struck = 0
globalThis.isHidden = false
globalThis.Notification = class {
  static permission = 'default'
  static requestPermission = async () => (Notification.permission = 'granted')
  constructor(title, { body }) { told.push({ title, body }) }
  close() {}
}
Object.defineProperty(document, 'visibilityState',
  { get: () => globalThis.isHidden ? 'hidden' : 'visible' })
const start = AudioScheduledSourceNode.prototype.start
AudioScheduledSourceNode.prototype.start = function (...when) {
  globalThis.struck += 1
  return start.apply(this, when)
}
"""


async def test_whoever_waits_is_told_by_title_sound_and_notification(
    console: Opening, ana: Customer
) -> None:
    helena = await console("Helena", signed_in=False)
    await helena.page.add_init_script(_STAND_INS)
    await helena.sign_in()
    await helena.page.get_by_role("button", name="Som ligado").click()
    dialog = helena.page.get_by_role("dialog", name="Avisos e sons")
    await dialog.get_by_role("switch", name="Avisar com a aba em segundo plano").check()
    await dialog.get_by_role("button", name="Fechar").click()
    before = await needing(helena.page)
    assert await helena.page.evaluate("[told.length, struck]") == [0, 0]

    await helena.page.evaluate("isHidden = true")
    await ana.writes("quero falar com um atendente")
    await helena.page.wait_for_function("() => told.length > 0 && struck > 0")
    [told] = await helena.page.evaluate("told")
    assert told["title"] == f"{ana.name} entrou na fila"
    assert told["body"] in {"Pediu atendente", "Pediu atendente · quero falar com um atendente"}
    await expect(helena.page).to_have_title(f"({before + 1}) Conversas · HandoffFlow")


async def needing(page: Page) -> int:
    """Return the number in the tab's title; none is nobody."""
    found = re.match(r"\((\d+)\) ", await page.title())
    return int(found[1]) if found else 0
