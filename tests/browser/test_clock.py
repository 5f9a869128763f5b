"""The console goes by the business's time, which the simulator may move, and not by its own."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from browser.conftest import PAUSE, Opening
from browser.people import Customer
from harness.stage import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_clock_that_is_moved_closes_the_window_on_the_screen(
    window: Opening, tmp_path: Path
) -> None:
    # A product of its own: time never goes back.
    async with OneProcess.running(tmp_path, pause_seconds=PAUSE) as stage:
        await stage.command("user", "add", "helena@example.com", "--name", "Helena")
        ana = Customer.called("Ana Prado", stage.customers)
        bia = Customer.called("Bia Nunes", stage.customers)
        for customer in (ana, bia):
            await customer.writes("quero falar com um atendente")
            await customer.gets("Chamei uma pessoa")
        helena = await window("Helena", "helena@example.com", base_url=stage.api_url)
        await helena.sign_in()
        await helena.opens(ana, "Esperando")
        await helena.claim.click()
        await helena.has_it()
        await expect(helena.page.get_by_text("Janela aberta · 23 h")).to_be_visible()

        simulator = (await window("Ana", "")).page
        await simulator.goto(f"{stage.simulator_url}/")
        await simulator.get_by_role("button", name="+ 23 h").click()
        await expect(helena.row(ana)).to_contain_text("Janela fecha em")
        await expect(helena.row(bia)).to_contain_text("espera há 23 h")
        await simulator.get_by_role("button", name="+ 1 h").click()
        shut = helena.page.get_by_text("A janela de 24 horas fechou")
        await expect(shut).to_be_visible()
        await helena.page.reload()
        await expect(shut).to_be_visible()
        await helena.tab("Esperando").click()
        await expect(helena.row(bia)).to_contain_text("espera há 1 dia")
