"""An inbox of 10,000 conversations: the browser holds the rows of one screen."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from browser.conftest import MODES, Opening
from harness.crowd import Crowd
from harness.product import Options
from harness.standalone import Standalone

pytestmark = [
    pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600),
    pytest.mark.skipif("compose" in MODES, reason="it fills a database of its own"),
]  # fmt: skip

MOST_ROWS = 40
COUNT = """() => {
  globalThis.most = 0
  const count = () => {
    most = Math.max(most, document.querySelectorAll('[data-row]').length)
  }
  new MutationObserver(count).observe(document.body, { childList: true, subtree: true })
}"""
TO_THE_END = """() => {
  const box = document.querySelector('.rows')
  box.scrollTop = box.scrollHeight
  return box.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize') !== '-1'
}"""


async def test_no_more_than_40_rows_are_drawn_of_10_000(window: Opening, tmp_path: Path) -> None:
    crowd = Crowd(10_000, messages=2)
    product = Standalone(Options(tmp_path))
    await product.command("db", "upgrade")
    await crowd.enter(product.database_url)
    async with product.running():
        await product.command("user", "add", "helena@example.com", "--name", "Helena")
        # As tall as a screen on its side.
        tall = {"width": 1440, "height": 2560}
        at = product.api_url
        helena = await window("Helena", "helena@example.com", base_url=at, viewport=tall)
        await helena.sign_in()
        await helena.page.evaluate(COUNT)
        await helena.tab("Todas").click()
        await expect(helena.list.get_by_text(crowd.name(0))).to_be_visible()
        await helena.page.wait_for_function(TO_THE_END, polling=20, timeout=500_000)
        await expect(helena.list.get_by_text(crowd.name(9_999))).to_be_visible()
        await expect(helena.list.get_by_text("10000 conversas")).to_be_visible()
        fitting = 2560 // 80 - 5
        assert fitting < await helena.page.evaluate("most") <= MOST_ROWS
