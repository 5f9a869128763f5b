"""axe finds nothing on the simulator's page either."""

import pytest
from playwright.async_api import Route, expect

from browser.auditing import LOOKS, Audit
from browser.conftest import IN_ONE_MODE, Opening
from browser.people import Customer, Phone
from harness.stage import Stage

pytestmark = [
    pytest.mark.browser, IN_ONE_MODE, pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
async def test_a_phone_with_its_trace(
    stage: Stage, window: Opening, ana: Customer, look: str
) -> None:
    await ana.writes("vocês aceitam pix?")
    await ana.gets("Pix")
    page = (await window("Ana", "", reduced_motion="reduce", **LOOKS[look])).page
    audit, phone = Audit(page), Phone(page)
    await page.goto(f"{stage.simulator_url}/")
    await expect(page.get_by_text("Um cliente novo, que nunca escreveu.")).to_be_visible()
    await audit.of("a new customer")
    if look != "phone":  # where there is no room for whose phone it is
        await phone.belongs_to(ana, stage.simulator_url)
        await phone.shows("aceitamos Pix")
        await audit.of("a conversation")
    await phone.writes("oi, vocês abrem domingo?")
    await phone.shows("Aos domingos abrimos")
    await audit.of("an answer")
    await page.get_by_role("button", name="Anexar um arquivo de exemplo").click()
    await audit.of("files to attach")
    assert audit.found == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_a_simulator_that_does_not_answer(stage: Stage, window: Opening, look: str) -> None:
    page = (await window("Ana", "", reduced_motion="reduce", **LOOKS[look])).page
    audit = Audit(page)

    async def away(route: Route) -> None:
        await route.abort()

    await page.route("**/setting", away)
    await page.goto(f"{stage.simulator_url}/")
    await expect(page.get_by_text("O simulador não responde")).to_be_visible()
    await audit.of("away")
    assert audit.found == {}
