"""Who has a conversation, while two want it or while the bot is not done."""

import asyncio

import pytest
from playwright.async_api import expect

from browser.conftest import MODES, Opening
from browser.people import Customer, Window
from harness.stage import Stage
from harness.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_of_two_who_claim_at_once_one_gets_it_and_the_other_reads_who(
    console: Opening, ana: Customer
) -> None:
    await ana.writes("quero falar com um atendente")
    await ana.gets("Chamei uma pessoa")
    windows = [await console("Helena"), await console("Rui")]
    for window in windows:
        await window.opens(ana, "Esperando")
        await expect(window.claim).to_be_visible()
    await asyncio.gather(*(window.claim.click() for window in windows))

    winner, loser = await decided(windows)
    await winner.has_it()
    dialog = loser.page.get_by_role("alertdialog", name=f"{winner.operator} assumiu antes")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="Continuar vendo").click()
    await expect(loser.page.get_by_text(f"{winner.operator} conduz esta conversa")).to_be_visible()
    await expect(loser.box).to_have_count(0)

    await winner.sends("Sou eu quem atende.")
    await ana.gets("Sou eu quem atende.")
    await expect(loser.message("Sou eu quem atende.")).to_contain_text(winner.operator)


async def decided(windows: list[Window]) -> tuple[Window, Window]:
    """Return who got it, and who did not: exactly one reads that they did not."""
    dialogs = [window.page.get_by_role("alertdialog") for window in windows]
    await expect(dialogs[0].or_(windows[0].box).first).to_be_visible()
    await expect(dialogs[1].or_(windows[1].box).first).to_be_visible()
    await expect(windows[0].page.locator(".thread__who")).not_to_contain_text("Na fila")
    lost = [await dialog.count() > 0 for dialog in dialogs]
    assert sorted(lost) == [False, True]
    return (windows[0], windows[1]) if lost[1] else (windows[1], windows[0])


@pytest.mark.parametrize("moment", [0.1, 0.7, 0.95, 1.05, 1.2])
async def test_what_the_bot_was_thinking_never_comes_after_the_takeover(
    stage: Stage, console: Opening, ana: Customer, moment: float
) -> None:
    await ana.writes("oi")
    await ana.gets("Como posso ajudar?")
    helena = await console("Helena")
    await helena.opens(ana, "Bot")

    await ana.writes("vocês aceitam pix?")
    await asyncio.sleep(
        moment * stage.pause_seconds
    )  # the bot's turn begins at 1, and is soon done
    await helena.claim.click()
    await helena.has_it()
    before = await ana.got()
    await helena.sends("Agora sou eu, Ana.")
    assert await ana.gets("Agora sou eu, Ana.") == [*before, "Agora sou eu, Ana."]

    await ana.writes("ok, obrigada")
    await expect(helena.message("ok, obrigada")).to_be_visible()
    # A turn that began by mistake would have been answered by now.
    await asyncio.sleep(2 * stage.pause_seconds)
    assert (await ana.got())[-1] == "Agora sou eu, Ana."


@pytest.mark.skipif("standalone" not in MODES, reason="the bot is another process's there")
@pytest.mark.parametrize("stage", ["standalone"], indirect=True)
@pytest.mark.usefixtures("calm")
async def test_what_a_slow_bot_answers_after_the_takeover_is_dropped(
    stage: Stage, console: Opening, ana: Customer
) -> None:
    await ana.writes("oi")
    await ana.gets("Como posso ajudar?")
    helena = await console("Helena")
    await helena.opens(ana, "Bot")

    async def seen(name: str, times: int) -> bool:
        trace = await stage.customers.trace(ana.number)
        return [step["name"] for step in trace].count(name) >= times

    await stage.customers.faults(bot_delay_ms=25_000)
    await ana.writes("vocês aceitam pix?")
    await until(lambda: seen("bot.requested.v1", 2), "the bot to think")
    await helena.claim.click()
    await helena.has_it()
    await stage.customers.faults()
    await until(lambda: seen("bot.replied.v1", 2), "the bot's answer")
    await helena.sends("Agora sou eu, Ana.")
    assert (await ana.gets("Agora sou eu"))[1:] == ["Agora sou eu, Ana."]
    await expect(helena.message("aceitamos Pix")).to_have_count(0)


@pytest.mark.usefixtures("calm")
async def test_a_claim_waits_for_the_message_that_is_on_its_way(
    stage: Stage, console: Opening, ana: Customer
) -> None:
    await ana.writes("oi")
    await ana.gets("Como posso ajudar?")
    helena = await console("Helena")
    await helena.opens(ana, "Bot")

    await stage.customers.faults(accept_delay_ms=[6000, 6000])
    await ana.writes("vocês aceitam pix?")
    answer = helena.message("aceitamos Pix")
    await expect(answer.get_by_role("img", name="Enviando")).to_be_visible()
    await helena.claim.click()
    await expect(
        helena.page.get_by_role("status").get_by_text("Mensagem do bot saindo")
    ).to_be_visible()
    await expect(helena.page.get_by_text("Com você em instantes").first).to_be_visible()
    await helena.sends("E eu confirmo: Pix, sim.")
    assert not [text for text in await ana.got() if "confirmo" in text]

    await helena.has_it()
    texts = await ana.gets("E eu confirmo")
    assert ["Pix" in text for text in texts[-2:]] == [True, True]
    assert texts[-1] == "E eu confirmo: Pix, sim."
    await expect(answer.get_by_role("img", name="Entregue")).to_be_visible()
