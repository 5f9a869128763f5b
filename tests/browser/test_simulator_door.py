"""Where others reach the simulator, an admin signs in at the console and goes on to it."""

from pathlib import Path

import pytest

from browser.conftest import PAUSE, Opening
from browser.people import Phone
from harness.product import PASSWORD
from harness.stage import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_admin_who_signs_in_is_led_on_to_the_simulator(
    window: Opening, tmp_path: Path
) -> None:
    running = OneProcess.running(tmp_path, pause_seconds=PAUSE, HANDOFF_SIMULATOR="on")
    async with running as stage:
        email = "helena@example.com"
        await stage.command("user", "add", email, "--name", "Helena", "--role", "admin")
        page = (await window("Helena", email, base_url=stage.api_url)).page
        await page.goto("/simulator/")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Senha", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Entrar").click()

        phone = Phone(page)
        await phone.writes("oi")
        await phone.shows("Como posso ajudar?")
