"""Twilio's API over a real socket: what each kind of failure is taken for."""

import asyncio
import logging
import socket
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from handoff_outbound.adapters.twilio import TwilioAccount, TwilioChannel, callback_url
from handoff_outbound.domain.errors import FAULTS
from handoff_outbound.domain.matching import ListingError
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused

from .world import BUSINESS, CONVERSATION, CUSTOMER, MESSAGE, START, attempted

ACCOUNT, TOKEN = "AC" + "0" * 32, "the-token"
PATH = f"/simulator/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SID = "SM" + "a" * 32
MARKER = "segredo-do-cliente"
ROW = replace(attempted(), text=MARKER)
Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """Answers by a script; remembers what it was asked."""

    base: str = ""
    script: list[Answer] = field(default_factory=list[Answer])
    forms: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    queries: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    paths: list[str] = field(default_factory=list[str])
    authorization: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.forms.append({name: str(value) for name, value in form.items()})
        self.queries.append(dict(request.query))
        self.paths.append(request.path)
        self.authorization = request.headers["Authorization"]
        return await self.script.pop(0)(request)


def says(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html")
        return web.json_response(body, status=status, headers=headers)

    return answer


def refuses(status: int, code: int) -> Answer:
    return says(status, {"code": code, "message": "no", "more_info": "", "status": status})


async def cuts(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cuts_in_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"sid": "')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hangs(_: web.Request) -> web.Response:
    await asyncio.sleep(1.5)
    return web.Response()


def message(sid: str = SID, created: str = "Sun, 01 Mar 2026 12:00:03 +0000") -> dict[str, object]:
    return {
        "sid": sid,
        "from": BUSINESS,
        "to": CUSTOMER,
        "body": "Bom dia",
        "direction": "outbound-api",
        "date_created": created,
        "status": "queued",
    }


def page(*messages: dict[str, object], next_page: str | None = None) -> Answer:
    return says(200, {"messages": list(messages), "next_page_uri": next_page, "page": 0})


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    found = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}/simulator"
    yield found
    await runner.cleanup()


def channel_at(base: str, seconds: float = 5) -> TwilioChannel:
    return TwilioChannel(
        TwilioAccount(ACCOUNT, TOKEN, base),
        public_base_url="https://shop.example/handoff",
        deadline=timedelta(seconds=seconds),
        connections=4,
    )


@pytest.fixture
async def channel(server: Server) -> AsyncGenerator[TwilioChannel]:
    found = channel_at(server.base)
    yield found
    await found.close()


async def test_a_message_is_created_with_our_ids_in_its_callback(
    server: Server, channel: TwilioChannel
) -> None:
    server.script = [says(201, message())]

    assert await channel.post(ROW) == Accepted(SID)

    [form] = server.forms
    callback = f"https://shop.example/handoff/api/twilio/status?c={CONVERSATION}&m={MESSAGE}&a=1"
    assert form == {"From": BUSINESS, "To": CUSTOMER, "Body": MARKER, "StatusCallback": callback}
    assert server.paths == [PATH]
    expected = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert server.authorization == f"Basic {expected}"


def test_overrides_of_the_connection_stay_at_the_end_of_the_callback() -> None:
    url = urlsplit(callback_url("https://shop.example/#rc=3&rp=all", ROW.key))

    assert (url.path, url.fragment) == ("/api/twilio/status", "rc=3&rp=all")
    assert parse_qs(url.query) == {"c": [str(CONVERSATION)], "m": [str(MESSAGE)], "a": ["1"]}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refuses(400, 21211), Refused(21211, FAULTS[21211].text)),
        (refuses(400, 63016), Refused(63016, FAULTS[63016].text)),
        (refuses(400, 63018), NotProcessed("400/63018")),
        (refuses(429, 20429), NotProcessed("429")),
        (says(429, "later", {}), NotProcessed("429")),
        (refuses(500, 20500), Doubtful("500/20500")),
        (says(502, "<html>Bad Gateway</html>"), Doubtful("502/502")),
        (says(201, "<html>Surprise</html>"), Doubtful("JSONDecodeError")),
        (says(201, {"status": "queued"}), Doubtful("an answer without a Sid")),
        (says(201, [1]), Doubtful("AttributeError")),
        (cuts, Doubtful("ServerDisconnectedError")),
        (cuts_in_the_body, Doubtful("ClientPayloadError")),
    ],
)
async def test_each_answer_is_taken_for_what_it_is(
    server: Server, channel: TwilioChannel, answer: Answer, outcome: Outcome
) -> None:
    server.script = [answer]

    found = await channel.post(ROW)

    assert type(found) is type(outcome)
    if isinstance(outcome, Refused | NotProcessed) or answer not in (cuts, cuts_in_the_body):
        assert found == outcome
    assert len(server.forms) == 1


async def test_an_error_after_rfc_9457_is_understood(
    server: Server, channel: TwilioChannel
) -> None:
    problem = {"type": "x", "title": "x", "status": 400, "code": 21211}
    server.script = [says(400, problem)]

    assert await channel.post(ROW) == Refused(21211, FAULTS[21211].text)


async def test_refused_credentials_are_an_alarm(server: Server, channel: TwilioChannel) -> None:
    server.script = [refuses(401, 20003)]

    with capture_logs() as logs:
        outcome = await channel.post(ROW)

    assert outcome == Refused(20003, FAULTS[20003].text)
    assert [entry["event"] for entry in logs] == ["configuration.refused"]


async def test_a_redirect_is_not_followed(server: Server, channel: TwilioChannel) -> None:
    server.script = [says(307, {}, {"Location": "/elsewhere"}), says(201, message())]

    with capture_logs() as logs:
        outcome = await channel.post(ROW)

    assert isinstance(outcome, Refused)
    assert outcome.code == 307
    assert [entry["event"] for entry in logs] == ["configuration.refused"]
    assert len(server.forms) == 1


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("soon", 0), ("", 0), ("9" * 30, 0)])
async def test_twilio_may_say_when_to_come_again(
    server: Server, channel: TwilioChannel, value: str, seconds: int
) -> None:
    server.script = [says(429, {}, {"Retry-After": value})]

    assert await channel.post(ROW) == NotProcessed("429", timedelta(seconds=seconds))


async def test_no_answer_within_the_deadline_is_doubtful(server: Server) -> None:
    channel = channel_at(server.base, seconds=0.2)
    server.script = [hangs]

    assert await channel.post(ROW) == Doubtful("TimeoutError")
    assert len(server.forms) == 1
    await channel.close()


async def test_a_connection_that_is_refused_wrote_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        channel = channel_at(f"http://127.0.0.1:{unused.getsockname()[1]}")

        outcome = await channel.post(ROW)

    assert outcome == NotProcessed("ClientConnectorError")
    await channel.close()


async def test_a_name_that_does_not_resolve_wrote_nothing() -> None:
    channel = channel_at("http://nowhere.invalid")

    assert await channel.post(ROW) == NotProcessed("ClientConnectorDNSError")
    await channel.close()


async def test_a_failed_tls_handshake_wrote_nothing(server: Server) -> None:
    channel = channel_at(server.base.replace("http:", "https:"))

    assert isinstance(await channel.post(ROW), NotProcessed)
    assert server.forms == []
    await channel.close()


async def test_a_handshake_that_never_ends_wrote_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        channel = channel_at(f"https://127.0.0.1:{silent.getsockname()[1]}", seconds=0.4)

        assert await channel.post(ROW) == NotProcessed("ConnectionTimeoutError")
        await channel.close()


async def test_waiting_for_a_free_connection_wrote_nothing(server: Server) -> None:
    channel = TwilioChannel(
        TwilioAccount(ACCOUNT, TOKEN, server.base),
        public_base_url="https://shop.example",
        deadline=timedelta(seconds=1),
        connections=1,
    )
    server.script = [hangs]
    first = asyncio.create_task(channel.post(ROW))
    await asyncio.sleep(0.05)

    assert await channel.post(ROW) == NotProcessed("ConnectionTimeoutError")
    assert await first == Doubtful("TimeoutError")
    assert len(server.forms) == 1
    await channel.close()


async def test_a_kept_connection_that_is_cut_does_not_repeat_the_post(
    server: Server, channel: TwilioChannel
) -> None:
    server.script = [says(201, message()), cuts, says(201, message())]

    assert await channel.post(ROW) == Accepted(SID)
    assert isinstance(await channel.post(ROW), Doubtful)
    assert len(server.forms) == 2


async def test_nothing_of_a_request_is_logged(
    server: Server, channel: TwilioChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="twilio")
    server.script = [says(201, message()), page(message())]

    await channel.post(ROW)
    await channel.sent(BUSINESS, CUSTOMER, START)

    assert CUSTOMER not in caplog.text
    assert MARKER not in caplog.text


async def test_what_we_sent_is_listed_back_to_the_claim(
    server: Server, channel: TwilioChannel
) -> None:
    old = message("SM3", "Sun, 01 Mar 2026 11:59:00 +0000")
    more = PATH.removeprefix("/simulator") + "?Page=1&PageToken=PASM2"
    server.script = [
        page(message("SM1"), old, next_page=more),  # not sorted strictly: one old one ends nothing
        page(message("SM2"), next_page=more),
        page(old, next_page=more),
    ]

    found = await channel.sent(BUSINESS, CUSTOMER, START)

    assert [listed.sid for listed in found] == ["SM1", "SM3", "SM2", "SM3"]
    assert found[0].created_at == datetime(2026, 3, 1, 12, 0, 3, tzinfo=UTC)
    assert (found[0].sender, found[0].recipient, found[0].body) == (BUSINESS, CUSTOMER, "Bom dia")
    assert not found[0].inbound
    assert server.queries[0] == {"To": CUSTOMER, "From": BUSINESS, "PageSize": "100"}
    assert server.queries[1] == {"Page": "1", "PageToken": "PASM2"}
    assert server.paths == [PATH] * 3


async def test_what_customers_sent_is_listed_page_by_page(
    server: Server, channel: TwilioChannel
) -> None:
    received = message() | {"direction": "inbound", "from": CUSTOMER, "to": BUSINESS}
    server.script = [page(received)]

    pages = [found async for found in channel.received(BUSINESS, START)]

    [[listed]] = pages
    assert listed.inbound
    assert (listed.sender, listed.recipient) == (CUSTOMER, BUSINESS)
    assert server.queries == [{"To": BUSINESS, "PageSize": "100"}]


@pytest.mark.parametrize(
    "answer",
    [
        says(500, "x"),
        refuses(401, 20003),
        says(200, "<html>"),
        says(200, {"unexpected": 1, "more": 2}),
        says(429, {}),
        cuts,
        page(message(created="yesterday")),
        page({"sid": SID}),
    ],
)
async def test_a_list_that_cannot_be_read_is_an_error(
    server: Server, channel: TwilioChannel, answer: Answer
) -> None:
    server.script = [answer] * 2  # aiohttp asks again where that is harmless

    with pytest.raises(ListingError):
        await channel.sent(BUSINESS, CUSTOMER, START)


async def test_a_list_without_an_end_is_an_error(server: Server, channel: TwilioChannel) -> None:
    again = PATH.removeprefix("/simulator")
    server.script = [page(message(), next_page=again)] * 12

    with pytest.raises(ListingError, match="too many pages"):
        await channel.sent(BUSINESS, CUSTOMER, START)
    assert len(server.paths) == 11
