"""Signed webhooks, made before the clock starts."""

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from handoff_simulator.domain.account import Account
from handoff_simulator.domain.message import Message
from handoff_simulator.domain.webhook import inbound_form
from harness.product import ACCOUNT_SID, AUTH_TOKEN

PATH = "/api/twilio/webhook"
BUSINESSES = tuple(f"whatsapp:+5511300000{index:02}" for index in range(16))
"""WhatsApp allows a number of ours 80 messages a second, and outbound keeps to it: so, many."""

_QUESTIONS = ("vocês abrem domingo?", "aceitam pix?", "fazem entrega?")
_ACCOUNT = Account(sid=ACCOUNT_SID, senders=BUSINESSES, auth_token=AUTH_TOKEN)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A whole HTTP request, and who wrote (digits only)."""

    customer: str
    request: bytes


def customers(block: int, count: int) -> list[str]:
    """Return customers' numbers; two blocks have none in common."""
    return [f"55119{block}{index:07}" for index in range(count)]


def webhooks(base_url: str, who: list[str], count: int) -> list[Webhook]:
    """Return `count` new messages from these customers in turn."""
    questions = cycle(_QUESTIONS)
    writers = cycle(enumerate(who))
    return list(_made(base_url, count, writers, questions))


def _made(
    base_url: str, count: int, writers: Iterator[tuple[int, str]], questions: Iterator[str]
) -> Iterator[Webhook]:
    now = datetime.now(UTC)
    for _ in range(count):
        index, customer = next(writers)
        message = Message(
            sid=f"SM{uuid4().hex}",
            direction="inbound",
            sender=f"whatsapp:+{customer}",
            recipient=BUSINESSES[index % len(BUSINESSES)],
            body=next(questions),
            status="received",
            created_at=now,
            extra={"ProfileName": "João"},
        )
        yield Webhook(customer, _request(base_url, inbound_form(message, _ACCOUNT)))


def _request(base_url: str, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        f"Host: {urlsplit(base_url).netloc}\r\n"
        "User-Agent: TwilioProxy/1.1\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"X-Twilio-Signature: {_signature(base_url + PATH, form)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _signature(url: str, form: dict[str, str]) -> str:
    """Sign as Twilio does; that the product answers 200 is the proof."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.digest(AUTH_TOKEN.encode(), signed.encode(), "sha1")
    return base64.b64encode(digest).decode()
