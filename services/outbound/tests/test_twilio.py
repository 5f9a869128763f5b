"""Twilio's API over a real socket: what each kind of failure is taken for."""

import asyncio
import logging
import socket
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from handoff_outbound.adapters.twilio import TwilioAccount, TwilioChannel, callback_url
from handoff_outbound.domain.errors import FAULTS
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused

from .endpoint import (
    ACCOUNT,
    PATH,
    SID,
    TOKEN,
    Answer,
    Server,
    channel_at,
    cuts,
    cuts_in_the_body,
    hangs,
    message,
    page,
    refuses,
    says,
)
from .world import BUSINESS, CONVERSATION, CUSTOMER, MESSAGE, START, attempted

MARKER = "segredo-do-cliente"
ROW = replace(attempted(), text=MARKER)


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
        (refuses(403, 20005), NotProcessed("403/20005", code=20005)),
        (refuses(400, 63007), NotProcessed("400/63007", code=63007)),
        (refuses(404, 20404), NotProcessed("404/20404", code=20404)),
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

    assert outcome == NotProcessed("401/20003", code=20003)
    assert [entry["event"] for entry in logs] == ["configuration.refused"]


async def test_a_redirect_is_not_followed(server: Server, channel: TwilioChannel) -> None:
    server.script = [says(307, {}, {"Location": "/elsewhere"}), says(201, message())]

    with capture_logs() as logs:
        outcome = await channel.post(ROW)

    assert outcome == NotProcessed("307/307", code=307)
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
