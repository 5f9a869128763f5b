"""The story of the product, as the customer and the operator see it."""

import pytest
from playwright.async_api import expect

from browser.conftest import Opening
from browser.people import Customer, Phone, Window
from harness.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_bot_then_person_then_bot_again(
    stage: Stage, console: Opening, window: Opening, ana: Customer
) -> None:
    helena = await console("Helena")
    before = await helena.waiting()
    phone = Phone((await window("Ana", "")).page)
    await phone.belongs_to(ana, stage.simulator_url)
    await phone.writes("oi, vocês abrem domingo?")
    await phone.shows("Aos domingos abrimos")
    await phone.writes("quero falar com um atendente")
    await phone.shows("Chamei uma pessoa")

    await expect(helena.tab("Esperando")).to_contain_text(str(before + 1))
    await reads_what_happened(helena, ana)
    await helena.claim.click()
    await helena.has_it()
    await answers(helena, ana, "Olá, Ana! Reservei o seu bolo.")
    await phone.shows("Reservei o seu bolo")
    await gives_it_back(helena, note="bolo reservado para domingo")

    await phone.writes("vocês aceitam pix?")
    await phone.shows("aceitamos Pix")
    texts = [text.replace("*", "") for text in await ana.got()]  # bold, in the thread
    await expect(helena.message("aceitamos Pix")).to_be_visible()
    assert [text for text in await helena.texts() if text in texts] == texts
    await helena.page.reload()
    await expect(helena.log.get_by_text("recado: bolo reservado para domingo")).to_be_visible()


async def reads_what_happened(helena: Window, ana: Customer) -> None:
    """Find her waiting, and know why before the first word."""
    await helena.tab("Esperando").click()
    await expect(helena.row(ana)).to_contain_text("Pediu atendente")
    await helena.row(ana).click()
    await expect(helena.message("oi, vocês abrem domingo?")).to_be_visible()
    await expect(helena.message("Aos domingos abrimos")).to_contain_text("Bot")
    brief = helena.log.get_by_role("article", name="Resumo da passagem")
    await expect(brief).to_contain_text("O que a pessoa quer")
    await expect(brief).to_contain_text("oi, vocês abrem domingo?")
    await expect(helena.box).to_have_count(0)


async def answers(helena: Window, ana: Customer, text: str) -> None:
    """Write at once after the claim; the phone has it, and the ticks say so."""
    await expect(helena.box).to_be_focused()
    await helena.sends(text)
    await ana.gets(text)
    sent = helena.message(text)
    await expect(sent).to_contain_text("Helena")
    await expect(sent.get_by_role("img", name="Entregue")).to_be_visible()


async def gives_it_back(helena: Window, *, note: str) -> None:
    await helena.page.get_by_role("button", name="Devolver ao bot").click()
    dialog = helena.page.get_by_role("dialog", name="Devolver ao bot")
    await dialog.get_by_label("O que ficou combinado").fill(note)
    await dialog.get_by_role("button", name="Devolver").click()
    await expect(helena.page.get_by_text("Ana voltou para o bot.")).to_be_visible()
    await expect(helena.log.get_by_text(f"recado: {note}")).to_be_visible()
    await expect(helena.box).to_have_count(0)


async def test_a_finished_conversation_starts_again_with_the_bot(
    console: Opening, ana: Customer
) -> None:
    await ana.writes("quero falar com um atendente")
    await ana.gets("Chamei uma pessoa")
    helena = await console("Helena")
    await helena.opens(ana, "Esperando")
    await helena.claim.click()
    await helena.has_it()
    await answers(helena, ana, "Resolvido, Ana!")

    await helena.page.get_by_role("button", name="Finalizar").click()
    dialog = helena.page.get_by_role("dialog", name="Finalizar atendimento")
    await dialog.get_by_label("Como terminou").select_option("Resolvido")
    await dialog.get_by_role("button", name="Finalizar").click()
    await expect(helena.page.get_by_text("Atendimento de Ana finalizado.")).to_be_visible()

    await ana.writes("vocês aceitam pix?")
    await ana.gets("Pix")
    await expect(helena.message("aceitamos Pix")).to_contain_text("Bot")
    await expect(helena.claim).to_be_visible()
