"""The two webhooks over HTTP: what gets in, what does not, and what Twilio is told."""

import logging
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import BaseEvent, CustomerWrote, DeliveryReported
from handoff_common.ids import inbound_id, report_id
from handoff_common.telemetry import is_trace
from handoff_ingress.api.admission import MAX_BODY_BYTES
from handoff_ingress.app import routes

BASE = "https://shop.example/handoff"
ACCOUNT = "AC" + "0" * 32
SID = "SM" + "a" * 32
OURS = "whatsapp:+14155238886"
THEIRS = "whatsapp:+5511987654321"
MARKER = "segredo-do-cliente"
WEBHOOK = "/api/twilio/webhook"
CONVERSATION = UUID("0190a1b2-0000-7000-8000-000000000001")
MESSAGE = UUID("0190a1b2-0000-7000-8000-000000000002")
STATUS = f"/api/twilio/status?c={CONVERSATION}&m={MESSAGE}&a=2"
FORM = {
    "AccountSid": ACCOUNT,
    "MessageSid": SID,
    "From": THEIRS,
    "To": OURS,
    "Body": MARKER,
    "NumMedia": "0",
    "FromCity": "",
}
REPORT = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "delivered", "ErrorCode": ""}


@dataclass
class FakePublisher:
    """Takes events, or fails as the broker does."""

    fault: Exception | None = None
    events: list[BaseEvent] = field(default_factory=list[BaseEvent])

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        if self.fault is not None:
            raise self.fault
        self.events.extend(events)


class Signer(Protocol):
    """The part of the SDK's untyped class that Twilio's side needs."""

    def compute_signature(self, uri: str, params: Mapping[str, str]) -> str: ...


def signer(token: str) -> Signer:
    return RequestValidator(token)


@dataclass
class Twilio:
    """Posts forms as Twilio does: signed over the public URL, which the proxy has shortened."""

    http: httpx2.AsyncClient
    token: str = "current"

    def sign(self, target: str, form: Mapping[str, str]) -> str:
        return signer(self.token).compute_signature(BASE + target, form)

    async def post(self, target: str, form: Mapping[str, str]) -> httpx2.Response:
        return await self.raw(target, urlencode(form), self.sign(target, form))

    async def raw(
        self, target: str, body: str | bytes, signature: str, **headers: str
    ) -> httpx2.Response:
        merged = {"content_type": "application/x-www-form-urlencoded; charset=UTF-8"}
        merged |= {"x_twilio_signature": signature} if signature else {}
        named = {name.replace("_", "-"): value for name, value in (merged | headers).items()}
        return await self.http.post(target, content=body, headers=named)


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


def client(publisher: FakePublisher) -> httpx2.AsyncClient:
    app = Starlette(
        routes=routes(
            publisher=publisher,
            public_base_url=BASE + "/#rc=3&rp=all",
            auth_tokens=["current", "previous"],
            account_sid=ACCOUNT,
            businesses={OURS},
        )
    )
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://inside")


@pytest.fixture
async def twilio(publisher: FakePublisher) -> AsyncGenerator[Twilio]:
    async with client(publisher) as http:
        yield Twilio(http)


@pytest.fixture(autouse=True)
def no_customer_text_in_any_log(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        yield
    assert MARKER not in repr(logs) + caplog.text
    assert THEIRS not in repr(logs) + caplog.text


@pytest.mark.parametrize("path", [WEBHOOK, "/whatsapp", "/webhook"])
async def test_a_signed_message_is_published_and_answered_with_empty_twiml(
    twilio: Twilio, publisher: FakePublisher, path: str
) -> None:
    before = datetime.now(UTC)
    response = await twilio.post(path, FORM | {"ProfileName": "Ana"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    assert response.text == '<?xml version="1.0" encoding="UTF-8"?><Response />'
    [event] = publisher.events
    assert isinstance(event, CustomerWrote)
    assert event.id == inbound_id(SID)
    assert (event.customer, event.business, event.text) == (THEIRS, OURS, MARKER)
    assert event.profile_name == "Ana"
    assert before <= event.received_at <= datetime.now(UTC)


async def test_the_same_webhook_again_is_the_same_event(
    twilio: Twilio, publisher: FakePublisher
) -> None:
    await twilio.post(WEBHOOK, FORM)
    await twilio.post("/whatsapp", FORM)
    assert {event.id for event in publisher.events} == {inbound_id(SID)}


async def test_the_previous_token_is_valid_while_tokens_are_rotated(
    twilio: Twilio, publisher: FakePublisher
) -> None:
    twilio.token = "previous"
    assert (await twilio.post(WEBHOOK, FORM)).status_code == 200
    assert len(publisher.events) == 1


async def test_the_query_is_part_of_the_signature_as_it_was_written(
    twilio: Twilio, publisher: FakePublisher
) -> None:
    target = WEBHOOK + "?tenant=p%C3%A3o%20quente&b=&a=1+2"
    assert (await twilio.post(target, FORM)).status_code == 200
    other = target.replace("%20", "+")
    again = await twilio.raw(other, urlencode(FORM), twilio.sign(target, FORM))
    assert again.status_code == 403
    assert len(publisher.events) == 1


async def test_a_report_is_published_with_our_ids_and_answered_without_a_body(
    twilio: Twilio, publisher: FakePublisher
) -> None:
    response = await twilio.post(STATUS, REPORT | {"MessageStatus": "failed", "ErrorCode": "63016"})
    assert (response.status_code, response.content) == (204, b"")
    [event] = publisher.events
    assert isinstance(event, DeliveryReported)
    assert event.id == report_id(SID, "failed", 63016)
    assert (event.conversation_id, event.message_id, event.attempt) == (CONVERSATION, MESSAGE, 2)
    assert (event.message_sid, event.status, event.code) == (SID, "failed", 63016)


@pytest.mark.parametrize(
    ("target", "form"),
    [
        ("/api/twilio/status", REPORT),
        ("/api/twilio/status?other=1", REPORT),
        (STATUS, REPORT | {"MessageStatus": "teleported"}),
    ],
)
async def test_a_report_that_is_not_about_us_is_no_error_and_no_event(
    twilio: Twilio, publisher: FakePublisher, target: str, form: dict[str, str]
) -> None:
    assert (await twilio.post(target, form)).status_code == 204
    assert publisher.events == []


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_what_was_ignored_is_logged_by_name_and_not_by_value(
    twilio: Twilio, publisher: FakePublisher
) -> None:
    with capture_logs() as logs:
        await twilio.post(WEBHOOK, FORM | {"NumMedia": MARKER})
    assert len(publisher.events) == 1
    assert [log["fields"] for log in logs if log["event"] == "fields.ignored"] == [["NumMedia"]]
    assert MARKER not in repr(logs)


@pytest.mark.parametrize("sent", [TRACE, "nonsense", ""])
async def test_a_well_formed_trace_goes_on_and_any_other_is_replaced(
    twilio: Twilio, publisher: FakePublisher, sent: str
) -> None:
    await twilio.raw(WEBHOOK, urlencode(FORM), twilio.sign(WEBHOOK, FORM), traceparent=sent)
    [event] = publisher.events
    assert is_trace(event.trace)
    assert event.trace.startswith(TRACE[:36]) is (sent == TRACE)


@pytest.mark.parametrize("fault", [AwayError("gone"), UnroutableError("customer.wrote.v1")])
@pytest.mark.parametrize(("target", "form"), [(WEBHOOK, FORM), (STATUS, REPORT)])
async def test_what_the_broker_did_not_confirm_is_not_answered_2xx(
    twilio: Twilio, publisher: FakePublisher, target: str, form: dict[str, str], fault: Exception
) -> None:
    publisher.fault = fault
    assert (await twilio.post(target, form)).status_code == 503
    publisher.fault = None
    assert (await twilio.post(target, form)).is_success
    assert len(publisher.events) == 1


def without(form: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in form.items() if key != name}


MALFORMED: list[tuple[str, dict[str, str], int]] = [
    *((WEBHOOK, without(FORM, name), 400) for name in ("AccountSid", "MessageSid", "From", "To")),
    (WEBHOOK, FORM | {"AccountSid": ACCOUNT + MARKER}, 400),
    (WEBHOOK, FORM | {"MessageSid": "SM" + MARKER}, 400),
    (WEBHOOK, FORM | {"MessageSid": SID + "\n"}, 400),
    (WEBHOOK, FORM | {"From": MARKER}, 400),
    (WEBHOOK, FORM | {"From": "+5511987654321"}, 400),
    (WEBHOOK, FORM | {"From": "whatsapp:+55From" + MARKER}, 400),
    (WEBHOOK, FORM | {"To": ""}, 400),
    (WEBHOOK, FORM | {"AccountSid": "AC" + "1" * 32}, 403),
    (WEBHOOK, FORM | {"To": "whatsapp:+5511000000000"}, 403),
    (WEBHOOK, FORM | {f"Extra{number}": "" for number in range(500)}, 400),
    (STATUS, without(REPORT, "MessageSid"), 400),
    (STATUS, without(REPORT, "MessageStatus"), 400),
    (STATUS, REPORT | {"AccountSid": "AC" + "1" * 32}, 403),
    (STATUS.replace("&a=2", ""), REPORT, 400),
    (STATUS.replace("&a=2", "&a=0"), REPORT, 400),
    (STATUS + "&a=3", REPORT, 400),
    (STATUS.replace(str(MESSAGE), MARKER), REPORT, 400),
    (STATUS + "&x=" * 500, REPORT, 400),
]


@pytest.mark.parametrize(("target", "form", "status"), MALFORMED)
async def test_a_signed_form_that_makes_no_sense_is_refused(
    twilio: Twilio, publisher: FakePublisher, target: str, form: dict[str, str], status: int
) -> None:
    response = await twilio.post(target, form)
    assert (response.status_code, publisher.events) == (status, [])
    assert MARKER not in response.text
    assert (response.text == "") is (status == 403)


GOOD = urlencode(FORM)
OVERSIZED = f"{GOOD}&Pad={'x' * MAX_BODY_BYTES}"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (GOOD, {"x_twilio_signature": ""}, 403),
        (GOOD, {"x_twilio_signature": MARKER}, 403),
        (GOOD.replace(MARKER, MARKER + "!"), {}, 403),
        (GOOD.replace("&FromCity=", ""), {}, 403),
        (GOOD + "&To=" + OURS.replace("+", "%2B"), {}, 400),
        (GOOD + f"&Body={MARKER}", {}, 400),
        (GOOD, {"content_type": "application/json"}, 415),
        (GOOD, {"content_type": "multipart/form-data; boundary=x"}, 415),
        (GOOD, {"content_type": ""}, 415),
        (OVERSIZED, {}, 413),
        (b"\xff\xfe%ff%fe" + MARKER.encode(), {}, 403),
        ("", {}, 403),
    ],
)
async def test_a_request_that_is_not_what_twilio_signed_is_refused(
    twilio: Twilio,
    publisher: FakePublisher,
    body: str | bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    signed = {"x_twilio_signature": twilio.sign(WEBHOOK, FORM)} | headers
    signature = signed.pop("x_twilio_signature")
    response = await twilio.raw(WEBHOOK, body, signature, **signed)
    assert (response.status_code, publisher.events) == (status, [])
    assert MARKER not in response.text
