"""The whole service: a real queue and database, and a Twilio that is a small HTTP server."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from aiohttp import web
from starlette.types import ASGIApp

from handoff_common.database import Database, table_of
from handoff_common.events import (
    EVENT,
    AnyEvent,
    CustomerWrote,
    MessageAccepted,
    MessageDoubtful,
    MessageReleased,
)
from handoff_common.messaging.broker import Subscription
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.topology import ROUTER_EVENTS
from handoff_common.tables import METADATA, ContactRow, ConversationRow
from handoff_common.timing import Timing
from handoff_outbound.app import TwilioAccount, configuration_refusals, service
from handoff_outbound.settings import Settings

from .world import BUSINESS, CUSTOMER, EPOCH, released

ACCOUNT = TwilioAccount("AC" + "0" * 32, "token")
FAST = Timing().scaled(0.02)


@dataclass
class Twilio:
    """Accepts everything; says so unless it is told to cut the connection, or to refuse us."""

    cut: int = 0
    refuses: bool = False
    messages: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    base: str = ""

    async def create(self, request: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"code": 20003, "message": "", "status": 401}, status=401)
        form = {name: str(value) for name, value in (await request.post()).items()}
        await self.add(form["From"], form["To"], form["Body"], "outbound-api")
        if self.cut:
            self.cut -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(self.messages[0], status=201)

    async def add(self, sender: str, recipient: str, body: str, direction: str) -> None:
        found: dict[str, object] = {
            "sid": f"SM{uuid4().hex}",
            "from": sender,
            "to": recipient,
            "body": body,
            "direction": direction,
            "date_created": format_datetime(datetime.now(UTC)),
            "status": "queued",
        }
        self.messages.insert(0, found)

    async def list(self, request: web.Request) -> web.Response:
        wanted = {"to": request.query.get("To"), "from": request.query.get("From")}
        found = [
            message
            for message in self.messages
            if all(value in (None, message[name]) for name, value in wanted.items())
        ]
        return web.json_response({"messages": found, "next_page_uri": None, "page": 0})


@dataclass
class Shop:
    database: Database
    broker: EmbeddedBroker
    twilio: Twilio
    app: ASGIApp
    heard: Subscription

    async def release(self) -> MessageReleased:
        """Begin a conversation and release its first message."""
        release = released(conversation=uuid4(), message=uuid4(), text=f"Olá {uuid4()}")
        now = datetime.now(UTC)
        contact = ContactRow(id=uuid4(), address=str(uuid4()), created_at=now)
        row = ConversationRow(
            id=release.conversation_id,
            contact_id=contact.id,
            customer=CUSTOMER,
            business=BUSINESS,
            epoch=EPOCH,
            window_id=release.message_id,
            created_at=now,
            updated_at=now,
        )
        async with self.database.write() as connection:
            for each in (contact, row):
                await connection.execute(table_of(type(each)).insert().values(each.model_dump()))
        await self.broker.publish([release])
        return release

    async def hear(self, condition: Callable[[list[AnyEvent]], bool]) -> list[AnyEvent]:
        """Return what the router is told, until a condition holds."""
        events: list[AnyEvent] = []
        async with asyncio.timeout(20):
            while not condition(events):
                delivery = await self.heard.next()
                assert delivery is not None
                events.append(EVENT.validate_json(delivery.body))
                await self.heard.ack(delivery.tag)
        return events


@pytest.fixture
async def twilio() -> AsyncGenerator[Twilio]:
    found = Twilio()
    app = web.Application()
    path = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
    app.router.add_post(path, found.create)
    app.router.add_get(path, found.list)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


@pytest.fixture
async def shop(tmp_path: Path, twilio: Twilio) -> AsyncGenerator[Shop]:
    database = Database(f"sqlite:///{tmp_path}/handoff.db")
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    broker = EmbeddedBroker(database)
    async with (
        service(
            broker=broker,
            database=database,
            twilio=replace(ACCOUNT, api_base_url=twilio.base),
            public_base_url="https://shop.example",
            businesses=[BUSINESS],
            timing=FAST,
        ) as app,
        broker.subscribe(ROUTER_EVENTS, prefetch=100) as heard,
    ):
        yield Shop(database, broker, twilio, app, heard)
    await broker.close()
    await database.close()


def ids(events: list[AnyEvent], kind: type[MessageAccepted]) -> set[UUID]:
    return {event.message_id for event in events if isinstance(event, kind)}


async def test_released_messages_are_sent_and_the_router_hears_of_it(shop: Shop) -> None:
    sent = {(await shop.release()).message_id for _ in range(20)}

    events = await shop.hear(lambda events: ids(events, MessageAccepted) >= sent)

    assert len(shop.twilio.messages) == 20
    assert len({event.id for event in events}) == 20  # at least once: one may come again
    sids = {event.message_sid for event in events if isinstance(event, MessageAccepted)}
    assert sids == {message["sid"] for message in shop.twilio.messages}


async def test_a_cut_connection_is_resolved_by_asking_twilio(shop: Shop) -> None:
    shop.twilio.cut = 1
    release = await shop.release()

    events = await shop.hear(lambda events: release.message_id in ids(events, MessageAccepted))

    told = dict.fromkeys(type(event) for event in events)  # in order; each may come again
    assert list(told) == [MessageDoubtful, MessageAccepted]
    assert len(shop.twilio.messages) == 1


async def test_what_the_webhook_missed_is_found(shop: Shop) -> None:
    await shop.twilio.add(CUSTOMER, BUSINESS, "Alguém aí?", "inbound")

    [wrote] = await shop.hear(lambda events: len(events) > 0)

    assert isinstance(wrote, CustomerWrote)
    assert wrote.text == "Alguém aí?"


async def test_it_says_whether_it_can_do_its_work(shop: Shop) -> None:
    transport = httpx2.ASGITransport(app=shop.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://outbound") as http:
        assert (await http.get("/readyz")).json() == {"status": "ok", "away": []}


async def test_a_refused_configuration_is_told_by_code_and_takes_nothing_out_of_service(
    shop: Shop,
) -> None:
    shop.twilio.refuses = True
    release = await shop.release()
    transport = httpx2.ASGITransport(app=shop.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://outbound") as http:
        async with asyncio.timeout(10):
            while not (refusals := await configuration_refusals(shop.database)):
                pass
        assert refusals == {20003: 1}
        assert (await http.get("/readyz")).status_code == 200
    shop.twilio.refuses = False
    events = await shop.hear(lambda events: len(events) > 0)

    assert ids(events, MessageAccepted) == {release.message_id}
    assert await configuration_refusals(shop.database) == {}


async def test_deadlines_that_do_not_hold_together_are_refused(shop: Shop) -> None:
    wrong = replace(Timing(), post_deadline=timedelta(seconds=31))

    with pytest.raises(ValueError, match="orphaned"):
        async with service(
            broker=shop.broker,
            database=shop.database,
            twilio=ACCOUNT,
            public_base_url="https://shop.example",
            businesses=[BUSINESS],
            timing=wrong,
        ):
            pass


def test_settings_name_the_numbers_and_keep_the_token_to_themselves() -> None:
    settings = Settings.model_validate(
        {
            "public_base_url": "https://shop.example",
            "twilio_account_sid": "AC1",
            "twilio_auth_token": "the-token",
            "twilio_whatsapp_number": "whatsapp:+1, whatsapp:+2",
        }
    )

    assert settings.businesses == {"whatsapp:+1", "whatsapp:+2"}
    assert "the-token" not in repr(settings)
    assert "token" not in repr(ACCOUNT)
