"""Nothing that was typed is lost, and nothing is said twice: reloads, networks, refusals."""

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from browser.conftest import Opening
from browser.people import Customer, Window
from harness.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def helena(console: Opening, ana: Customer) -> Window:
    """Let Helena have Ana's conversation."""
    await ana.writes("quero falar com um atendente")
    await ana.gets("Chamei uma pessoa")
    window = await console("Helena")
    await window.opens(ana, "Esperando")
    await window.claim.click()
    await window.has_it()
    return window


async def test_a_draft_survives_reload_and_network_and_goes_once(
    helena: Window, ana: Customer
) -> None:
    await helena.box.press_sequentially("Oi Ana, o seu bolo")
    await helena.page.reload()
    await expect(helena.box).to_have_value("Oi Ana, o seu bolo")

    await helena.box.press("End")
    await helena.context.set_offline(True)
    await expect(helena.page.get_by_text("Sem conexão desde")).to_be_visible()
    await helena.box.press_sequentially(" fica pronto às 15h.")
    await helena.sends(await helena.box.input_value())
    waiting = helena.message("fica pronto às 15h.")
    await expect(waiting.get_by_role("img", name="Enviando")).to_be_visible()
    await helena.box.fill("E outra coisa")
    assert not [text for text in await ana.got() if "bolo" in text]

    await helena.context.set_offline(False)
    await ana.gets("Oi Ana, o seu bolo fica pronto às 15h.")
    await helena.is_live()
    await expect(waiting.get_by_role("img", name="Entregue")).to_be_visible()
    await expect(waiting).to_have_count(1)
    await expect(helena.box).to_have_value("E outra coisa")
    await helena.sends("Até já!")
    assert (await ana.gets("Até já!"))[1:] == ["Oi Ana, o seu bolo fica pronto às 15h.", "Até já!"]


async def test_a_reply_whose_answer_was_lost_is_sent_once(helena: Window, ana: Customer) -> None:
    lost: list[str] = []

    async def lose_the_first(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        lost.append(route.request.headers["idempotency-key"])
        await route.fetch()
        await route.abort("connectionreset")

    await helena.page.route("**/reply", lose_the_first)
    await helena.sends("Uma vez só.")
    await expect(helena.message("Uma vez só.").get_by_role("img", name="Entregue")).to_be_visible()
    await expect(helena.message("Uma vez só.")).to_have_count(1)
    await helena.sends("E pronto.")
    assert (await ana.gets("E pronto."))[1:] == ["Uma vez só.", "E pronto."]
    assert len(lost) == 1


async def test_a_page_that_is_reloaded_while_it_sends_goes_on_and_sends_once(
    helena: Window, ana: Customer
) -> None:
    helena.page.on("dialog", lambda dialog: dialog.accept())  # "leave the page?"

    async def never_answer(route: Route) -> None:
        await route.fetch()

    await helena.page.route("**/reply", never_answer)
    await helena.sends("Antes de recarregar.")
    await ana.gets("Antes de recarregar.")
    await helena.page.unroute_all(behavior="ignoreErrors")
    await helena.page.reload()
    sent = helena.message("Antes de recarregar.")
    await expect(sent.get_by_role("img", name="Entregue")).to_be_visible()
    await expect(sent).to_have_count(1)
    await helena.sends("Depois.")
    assert (await ana.gets("Depois."))[1:] == ["Antes de recarregar.", "Depois."]


@pytest.mark.usefixtures("calm")
async def test_a_message_that_twilio_refuses_says_why_and_stays_in_its_place(
    stage: Stage, helena: Window, ana: Customer
) -> None:
    line = {"contains": "não vai", "fault": "fail", "code": 63014}
    await stage.customers.faults(script=[line])
    await helena.sends("Esta não vai chegar.")
    failed = helena.message("Esta não vai chegar.")
    reason = failed.get_by_role("alert")
    await expect(reason).to_contain_text("O cliente bloqueou a empresa no WhatsApp.")
    await expect(failed.get_by_role("img", name="Não enviada")).to_be_visible()
    await helena.sends("Esta vai.")
    await ana.gets("Esta vai.")
    await helena.page.reload()
    await expect(reason).to_be_visible()
    assert (await helena.texts())[-2:] == ["Esta não vai chegar.", "Esta vai."]

    await failed.get_by_role("button", name="Levar ao rascunho").click()
    await expect(helena.box).to_have_value("Esta não vai chegar.")


@pytest.mark.usefixtures("calm")
async def test_a_refused_message_can_be_sent_again(stage: Stage, helena: Window) -> None:
    line = {"contains": "tentativa", "fault": "fail", "code": 63018}
    await stage.customers.faults(script=[line])
    await helena.sends("Uma tentativa.")
    failed = helena.message("Uma tentativa.").first
    await expect(failed.get_by_role("alert")).to_contain_text("O canal passou do limite de envios.")
    await failed.get_by_role("button", name="Enviar de novo").click()
    again = helena.message("Uma tentativa.").last
    await expect(again.get_by_role("img", name="Entregue")).to_be_visible()
    await expect(failed.get_by_role("img", name="Não enviada")).to_be_visible()
