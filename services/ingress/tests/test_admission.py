"""Signatures by themselves, and how a request is read, seen from below the HTTP client."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.types import Message
from twilio.request_validator import RequestValidator

from handoff_common.events import BaseEvent, CustomerWrote
from handoff_ingress.api.admission import MAX_BODY_BYTES, Signatures
from handoff_ingress.app import routes

BASE = "https://shop.example"
TOKEN = "token"
FORM = {
    "AccountSid": "AC" + "0" * 32,
    "MessageSid": "SM" + "a" * 32,
    "From": "whatsapp:BR.1A2b",
    "To": "whatsapp:+14155238886",
    "Body": "oi",
}


@dataclass
class SlowPublisher:
    """Confirms once it may."""

    allowed: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    events: list[BaseEvent] = field(default_factory=list[BaseEvent])

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        self.asked.set()
        await self.allowed.wait()
        self.events.extend(events)


class Signer(Protocol):
    def compute_signature(self, uri: str, params: Mapping[str, str]) -> str: ...


def signer() -> Signer:
    return RequestValidator(TOKEN)


def signed(form: Mapping[str, str]) -> str:
    return signer().compute_signature(BASE + "/webhook", form)


@dataclass
class Exchange:
    """One request at the ASGI level: `sent` is what the application has answered so far."""

    chunks: list[bytes]
    signature: str
    endless: bool = False
    publisher: SlowPublisher = field(default_factory=SlowPublisher)
    received: int = 0
    sent: list[Message] = field(default_factory=list[Message])

    async def receive(self) -> Message:
        self.received += 1
        if self.chunks:
            body = self.chunks.pop(0)
            more = self.endless or bool(self.chunks)
            return {"type": "http.request", "body": body, "more_body": more}
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def run(self) -> int:
        app = Starlette(
            routes=routes(
                publisher=self.publisher,
                public_base_url=BASE,
                auth_tokens=[TOKEN],
                account_sid=FORM["AccountSid"],
                businesses=[FORM["To"]],
            )
        )
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": self.signature,
        }
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/webhook",
            "raw_path": b"/webhook",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await app(scope, self.receive, self.send)
        return self.sent[0]["status"]


def test_the_public_example_of_twilio_is_covered_and_a_changed_one_is_not() -> None:
    signatures = Signatures("https://mycompany.com", ["other", "12345"])
    example = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    pairs = list(example.items())
    assert signatures.cover("/myapp.php?foo=1&bar=2", pairs, signature)
    assert not signatures.cover("/myapp.php?bar=2&foo=1", pairs, signature)
    assert not signatures.cover("/myapp.php?foo=1&bar=2", pairs[1:], signature)
    assert not signatures.cover("/myapp.php?foo=1&bar=2", pairs, signature.lower())


@pytest.mark.parametrize("port", ["", ":443"])
def test_the_default_port_may_be_signed_or_not(port: str) -> None:
    signature = signer().compute_signature(f"https://shop.example{port}/webhook", FORM)
    assert Signatures(BASE, [TOKEN]).cover("/webhook", list(FORM.items()), signature)


@given(st.text(st.characters(max_codepoint=255)), st.text())
def test_no_target_and_no_signature_of_a_stranger_is_accepted_or_raises(
    target: str, signature: str
) -> None:
    assert not Signatures(BASE, [TOKEN]).cover("/" + target, [("Body", "oi")], signature)


@pytest.mark.parametrize("tokens", [[], [""], [" "], [TOKEN, ""]])
def test_an_empty_token_is_an_error_at_start(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match="token is empty"):
        Signatures(BASE, tokens)


@pytest.mark.parametrize("url", ["", "shop.example", "https://a:b@shop.example", BASE + "?a=1"])
def test_a_base_url_whose_signed_form_is_ambiguous_is_an_error_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        Signatures(url, [TOKEN])


def test_no_number_at_all_is_an_error_at_start() -> None:
    with pytest.raises(ValueError, match="no number"):
        routes(
            publisher=SlowPublisher(),
            public_base_url=BASE,
            auth_tokens=[TOKEN],
            account_sid=FORM["AccountSid"],
            businesses=[],
        )


async def test_nothing_is_answered_before_the_broker_confirmed() -> None:
    exchange = Exchange([urlencode(FORM).encode()], signed(FORM))
    running = asyncio.create_task(exchange.run())
    await asyncio.wait_for(exchange.publisher.asked.wait(), 5)
    assert exchange.sent == []
    exchange.publisher.allowed.set()
    assert await asyncio.wait_for(running, 5) == 200
    assert len(exchange.publisher.events) == 1


async def test_a_body_is_read_up_to_the_limit_and_no_further() -> None:
    chunk = b"x" * 64 * 1024
    exchange = Exchange([chunk] * 100, "x", endless=True)
    assert await exchange.run() == 413
    assert exchange.received == MAX_BODY_BYTES // len(chunk) + 1


async def test_a_client_that_goes_away_meanwhile_leaves_nothing_behind() -> None:
    exchange = Exchange([urlencode(FORM).encode()], signed(FORM), endless=True)
    assert await exchange.run() == 400
    assert exchange.publisher.events == []


USED = {
    "AccountSid", "MessageSid", "From", "To", "Body", "ButtonText", "ButtonPayload", "ListId",
    "ProfileName", "NumMedia", "Latitude", "Longitude", "Label", "Address",
    "OriginalRepliedMessageSid",
}  # fmt: skip


@given(
    body=st.text(max_size=1600),
    extra=st.dictionaries(st.text().filter(lambda name: name not in USED), st.text(), max_size=8),
    cut=st.integers(min_value=0, max_value=400),
)
def test_whatever_is_signed_gets_in_and_its_text_is_unchanged(
    body: str, extra: dict[str, str], cut: int
) -> None:
    form = extra | FORM | {"Body": body}
    raw = urlencode(form).encode()
    exchange = Exchange([raw[:cut], raw[cut:]], signed(form))
    exchange.publisher.allowed.set()
    assert asyncio.run(exchange.run()) == 200
    [event] = exchange.publisher.events
    assert isinstance(event, CustomerWrote)
    assert event.text == body.replace("\0", "")
    assert event.customer == FORM["From"]


@given(st.binary(max_size=300))
def test_invalid_utf_8_is_replaced_and_never_raises(noise: bytes) -> None:
    body = urlencode(FORM).encode() + b"&Noise=" + noise.replace(b"&", b"")
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    exchange = Exchange([body], signed(form))
    exchange.publisher.allowed.set()
    assert asyncio.run(exchange.run()) == 200
    assert len(exchange.publisher.events) == 1
