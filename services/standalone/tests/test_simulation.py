"""The simulator inside the product: what it shows, what it slows, and whom it lets in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from harness.operators import Operator
from harness.product import PASSWORD

from .showroom import ANA, Showroom, showroom

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]

HTML = {"Accept": "text/html,*/*;q=0.8"}
MARKER = "marcador-que-nenhum-log-mostra"


async def test_the_trace_shows_a_message_all_the_way_and_no_log_shows_its_text(
    tmp_path: Path,
) -> None:
    async with showroom(tmp_path) as shop, shop.operator("Helena") as helena:
        setting = (await shop.simulator.get("/setting")).json()
        assert (setting["travels"], setting["slows_bot"], setting["traces"]) == (
            "product",
            True,
            True,
        )
        assert (setting["console"], setting["api_docs"], setting["same_browser"]) == (
            "/",
            "/docs",
            True,
        )
        assert setting["businesses"][0]["name"] == "Padaria Pão Quentinho"
        await shop.customers.write(ANA, f"aceitam pix? {MARKER}")
        await shop.customers.gets(ANA, "Pix")
        reported = await shop.told("delivery.reported.v1")
        conversation = (await helena.conversation_with(ANA))["id"]
        await helena.claim(conversation)
        taken = await shop.told("command.claim.v1")
        await helena.is_owner(conversation, "human")
        await helena.reply(conversation, MARKER)
        await shop.customers.gets(ANA, MARKER)
        await helena.give_back(conversation, MARKER)
        await helena.is_owner(conversation, "bot")
        await shop.told("command.return_to_bot.v1")
        entries = await shop.trace()

        names = [entry["name"] for entry in entries]
        for name in (
            "phone.wrote", "webhook.sent", "webhook.answered", "customer.wrote.v1",
            "timer.fired.v1", "bot.requested.v1", "bot.replied.v1", "message.released.v1",
            "create.accepted", "message.accepted.v1", "status.changed", "callback.answered",
            "handoff.opened.v1", "handoff.briefed.v1", "command.reply.v1",
        ):  # fmt: skip
            assert name in names, names
        assert names.index("customer.wrote.v1") < names.index("bot.requested.v1")
        assert names.index("bot.replied.v1") < names.index("message.released.v1")
        assert reported["conversation"] == taken["conversation"] == conversation
        owners = [entry["owner"] for entry in entries if entry["owner"]]
        assert {"kind": "person", "name": "Helena"} in owners
        assert owners[-1] == {"kind": "bot", "name": ""}
        replied = entries[names.index("bot.replied.v1")]
        assert replied["took_ms"] is not None
        assert {entry["phone"] for entry in entries} == {ANA}
        assert MARKER not in shop.process.output()


async def test_an_operator_can_take_over_from_a_bot_that_thinks(tmp_path: Path) -> None:
    async with (
        showroom(tmp_path, HANDOFF_TIME_SCALE="1") as shop,
        shop.operator("Helena") as helena,
    ):
        await shop.customers.faults(bot_delay_ms=60_000)
        await shop.customers.write(ANA, "aceitam pix?")
        await shop.told("bot.requested.v1")
        conversation = (await helena.conversation_with(ANA))["id"]
        assert (await helena.claim(conversation))[0] == 200
        await helena.is_owner(conversation, "human")
        assert (await helena.reply(conversation, "aceitamos, sim"))[0] == 200
        await shop.customers.gets(ANA, "aceitamos, sim")
        await shop.customers.faults()  # the bot wakes up, and has nothing to say any more
        await shop.told("bot.replied.v1")
        await helena.reply(conversation, "mais alguma coisa?")
        texts = await shop.customers.gets(ANA, "mais alguma coisa?")
    assert texts == ["aceitamos, sim", "mais alguma coisa?"]


async def test_on_this_machine_it_is_open_to_our_own_pages_only(tmp_path: Path) -> None:
    async with showroom(tmp_path) as shop, httpx2.AsyncClient(base_url=shop.base) as browser:
        moved = await browser.get("/simulator", headers=HTML)
        assert (moved.status_code, moved.headers["location"]) == (307, "/simulator/")
        page = await browser.get("/simulator/", headers=HTML)
        assert page.status_code in (200, 503)
        body = {"text": "oi"}
        path = f"/simulator/phones/{ANA}/messages"
        for origin, status in (("https://evil.example", 403), (shop.base, 202)):
            answer = await browser.post(path, json=body, headers={"Origin": origin})
            assert answer.status_code == status
        strange = {"Host": "rebound.example"}
        assert (await browser.get("/simulator/phones", headers=strange)).status_code == 400


@asynccontextmanager
async def signed_in(shop: Showroom, name: str, role: str) -> AsyncGenerator[httpx2.AsyncClient]:
    """Give the browser of somebody new."""
    email = await shop.add(name, role)
    async with httpx2.AsyncClient(base_url=shop.base, headers={"Origin": shop.base}) as browser:
        answer = await browser.post("/api/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        yield browser


async def test_where_others_reach_it_an_admin_has_to_be_signed_in(tmp_path: Path) -> None:
    async with showroom(tmp_path, HANDOFF_SIMULATOR="on", HOST="0.0.0.0") as shop:  # noqa: S104  # others reach it
        sign_in = "/entrar?para=/simulator/"
        asked = await shop.simulator.get("/phones")
        written = await shop.simulator.post(f"/phones/{ANA}/messages", json={"text": "oi"})
        page = await shop.simulator.get("/", headers=HTML)
        assert (asked.status_code, written.status_code, page.status_code) == (403, 403, 303)
        assert asked.json()["sign_in"] == page.headers["location"] == sign_in
        assert (await shop.simulator.get("/healthz")).status_code == 200
        refused = await shop.simulator.get("/2010-04-01/Accounts/AC/Messages.json")
        assert refused.status_code == 401  # Twilio's own, which asks for the account's credentials

        for role in ("operator", "supervisor"):
            async with signed_in(shop, role.title(), role) as browser:
                told = await browser.get("/simulator/phones")
                shown = await browser.get("/simulator/", headers=HTML)
                assert (told.status_code, told.json()["sign_in"]) == (403, None)
                assert shown.status_code == 403
        async with signed_in(shop, "Root", "admin") as admin:
            assert (await admin.get("/simulator/phones")).status_code == 200
            foreign = {"Origin": "https://evil.example"}
            path = f"/simulator/phones/{ANA}/messages"
            body = {"text": "quero falar com um atendente"}
            assert (await admin.post(path, json=body, headers=foreign)).status_code == 403
            assert (await admin.post(path, json=body)).status_code == 202
            email = await shop.add("Helena")
            async with Operator.signed_in(shop.base, email, PASSWORD) as helena:
                found = await helena.conversation_with(ANA)
                await helena.is_owner(found["id"], "waiting")
            await admin.delete("/api/session")
            assert (await admin.get("/simulator/phones")).status_code == 403
