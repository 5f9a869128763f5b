"""What is measured in a browser: the console, and beside it a page that does the least."""

import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.async_api import (
    Browser,
    Locator,
    Page,
    Route,
    ViewportSize,
    async_playwright,
    expect,
)  # fmt: skip

from bench.figures import Figures, percentile
from handoff_common.testing.chromium import FLAGS, Finder
from harness.crowd import Crowd
from harness.operators import Operator
from harness.product import PASSWORD, Product

_HERE = Path(__file__).parent
_LOOK: ViewportSize = {"width": 1440, "height": 900}
_HOVER_MS = 150
"""How long the pointer rests on a row before the press: a quick hand."""
_LOADED = """() => {
  const box = document.querySelector('.rows')
  box.scrollTop = box.scrollHeight
  return box.querySelector('li[aria-setsize]')?.getAttribute('aria-setsize') !== '-1'
}"""


@asynccontextmanager
async def chromium() -> AsyncGenerator[tuple[Browser, str]]:
    """Start the browser; yields what it is, too."""
    found = Finder().find()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found.program, args=list(FLAGS))
        yield browser, str(found)
        await browser.close()


class Subject(Protocol):
    """A page with an inbox."""

    name: str
    page: Page

    async def opening(self, number: int, *, hover: bool) -> float:
        """Open the conversation of the `number`-th last customer; return milliseconds."""
        ...

    async def forget(self) -> None:
        """Drop what was held of conversations."""
        ...

    @property
    def box(self) -> Locator:
        """What scrolls."""
        ...


@dataclass(slots=True)
class Console:
    """The product's."""

    page: Page
    crowd: Crowd
    name: str = "console"

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, browser: Browser, product: Product, crowd: Crowd, email: str
    ) -> AsyncGenerator["Console"]:
        """Sign in, and load the whole inbox."""
        context = await browser.new_context(
            base_url=product.api_url, locale="pt-BR", viewport=_LOOK
        )
        page = await context.new_page()
        await page.goto("/entrar")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Senha", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Entrar").click()
        await page.wait_for_url("**/conversas**")
        console = cls(page, crowd)
        await console.forget()
        yield console
        await context.close()

    @property
    def box(self) -> Locator:
        return self.page.locator(".rows")

    async def forget(self) -> None:
        await self.page.goto("/conversas/todas")
        await expect(self.page.locator("[data-row]").first).to_be_visible()
        await self.page.evaluate((_HERE / "browser.js").read_text())
        await self.page.evaluate("bench.watch()")

    async def load(self) -> None:
        """Scroll to the end until there is nothing more to fetch."""
        await self.page.wait_for_function(_LOADED, polling=50, timeout=300_000)

    async def opening(self, number: int, *, hover: bool) -> float:
        name = self.crowd.name(number)
        row = self.page.locator("[data-row]").filter(has_text=name)
        height = await self.page.evaluate("document.querySelector('[data-row]').offsetHeight")
        await self.box.evaluate("(box, top) => { box.scrollTop = top }", number * height)
        await row.scroll_into_view_if_needed()
        if hover:
            await row.hover()
            await self.page.wait_for_timeout(_HOVER_MS)
        await self.page.evaluate("name => bench.expect(name, '.thread h2', '.log li.msg')", name)
        await row.click()
        return float(await self.page.evaluate("bench.opening"))


@dataclass(slots=True)
class Floor:
    """A page of a few lines, on the same origin and with the same session."""

    page: Page
    crowd: Crowd
    ids: Sequence[str]
    name: str = "floor"

    @classmethod
    async def beside(cls, console: Console, crowd: Crowd, ids: Sequence[str]) -> "Floor":
        page = await console.page.context.new_page()

        async def served(route: Route) -> None:
            await route.fulfill(path=_HERE / "floor" / "page.html")

        await page.route("**/floor", served)
        await page.goto("/floor")
        await page.evaluate((_HERE / "browser.js").read_text())
        await page.evaluate("count => floor.fill(count)", crowd.conversations)
        return cls(page, crowd, ids)

    @property
    def box(self) -> Locator:
        return self.page.locator(".rows")

    async def forget(self) -> None:
        await self.page.evaluate("floor.forget()")

    async def opening(self, number: int, *, hover: bool) -> float:
        del hover  # it has nothing to gain from it
        name = self.crowd.name(number)
        await self.page.evaluate("id => floor.want(id)", self.ids[number])
        await self.page.evaluate("name => bench.expect(name, 'h2', 'li')", name)
        await self.page.locator("#open").click()
        return float(await self.page.evaluate("bench.opening"))


async def openings(subject: Subject, count: int) -> Figures:
    """Open conversations, each for the first time and then once more."""
    await subject.page.bring_to_front()
    await subject.forget()
    first = [await subject.opening(number, hover=True) for number in range(count)]
    again = [await subject.opening(number, hover=False) for number in range(count)]
    return {
        f"{what}_p{p}_ms": percentile(times, p)
        for what, times in (("open", first), ("again", again))
        for p in (50, 95)
    }


async def jumps(subject: Subject, count: int, seed: int) -> Figures:
    """Jump to places all over the list."""
    await subject.page.bring_to_front()
    places = random.Random(seed)
    height = float(await subject.box.evaluate("box => box.scrollHeight - box.clientHeight"))
    times = [
        float(await subject.box.evaluate("(box, to) => bench.jump(box, to)", height * part))
        for part in (places.random() for _ in range(count))
    ]
    return {f"scroll_p{p}_ms": percentile(times, p) for p in (50, 95, 100)}


async def ids_of(operator: Operator, count: int) -> list[str]:
    """Return the conversations who wrote last, in the inbox's order."""
    page = await operator.get("/api/conversations", view="all", limit=count)
    return [str(item["id"]) for item in page["items"]]
