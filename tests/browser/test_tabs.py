"""Several tabs of one browser share one stream, and none of them shows less than it."""

import pytest
from playwright.async_api import BrowserContext, Request, expect

from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer, Window

pytestmark = [pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session")]


class Streams:
    """The requests for the live feed of all pages of a browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.most = 0
        """So many were open at once."""
        self._open: list[Request] = []
        context.on("request", self._begin)
        context.on("requestfinished", self._end)
        context.on("requestfailed", self._end)

    @property
    def open(self) -> list[Request]:
        # A closed page does not say what becomes of its requests.
        return [each for each in self._open if not each.frame.page.is_closed()]

    def _begin(self, request: Request) -> None:
        if "/api/feed" in request.url:
            self._open.append(request)
            self.most = max(self.most, len(self.open))

    def _end(self, request: Request) -> None:
        if request in self._open:
            self._open.remove(request)


async def test_tabs_share_one_stream_and_all_show_what_comes(
    console: Opening, ana: Customer
) -> None:
    first = await console("Helena", signed_in=False)
    streams = Streams(first.context)
    await first.sign_in()
    second = await another_tab(first)
    for tab in (first, second):
        await tab.tab("Todas").click()

    await ana.writes("vocês abrem domingo?")
    for tab in (first, second):
        await expect(tab.row(ana)).to_be_visible()
    assert [each.frame.page for each in streams.open] == [first.page]
    assert streams.most == 1
    assert second.errors == []


async def test_the_tab_that_stays_takes_over_the_stream(console: Opening, ana: Customer) -> None:
    first = await console("Helena", signed_in=False)
    streams = Streams(first.context)
    await first.sign_in()
    second = await another_tab(first)
    await second.tab("Todas").click()

    await first.page.close()
    await ana.writes("vocês abrem domingo?")
    await expect(second.row(ana)).to_be_visible()
    await second.is_live()
    assert [each.frame.page for each in streams.open] == [second.page]
    assert streams.most == 1
    assert second.errors == []


async def test_a_tab_asks_only_for_what_it_shows(console: Opening, ana: Customer) -> None:
    first = await console("Helena")
    second = await another_tab(first)
    await first.tab("Todas").click()
    await second.tab("Minhas").click()
    asked: list[str] = []
    second.page.on("request", lambda request: asked.append(request.url))

    await ana.writes("vocês abrem domingo?")
    await ana.gets("")
    await expect(first.row(ana)).to_be_visible()
    address = await first.row(ana).get_attribute("href")
    assert address is not None
    conversation = address.rsplit("/", 1)[-1]
    assert [url for url in asked if conversation in url] == []

    await ana.writes("quero falar com um atendente")
    await second.tab("Esperando").click()
    await expect(second.row(ana)).to_be_visible()
    assert any(conversation in url for url in asked)


async def another_tab(window: Window) -> Window:
    """Open the console once more, in the same browser."""
    tab = Window(window.operator, window.email, await window.context.new_page())
    await tab.page.goto("/")
    await expect(tab.list).to_be_visible()
    await tab.is_live()
    return tab
