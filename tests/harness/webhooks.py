"""Webhooks by hand: as Twilio posts them, or as somebody posts them who is not Twilio."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol
from uuid import uuid4

import httpx2
from twilio.request_validator import RequestValidator

from harness.product import ACCOUNT_SID, AUTH_TOKEN, BUSINESS, Product

MESSAGE = "/api/twilio/webhook"
STATUS = "/api/twilio/status"
FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


class Signer(Protocol):
    """The SDK's validator, which has no types."""

    def compute_signature(self, uri: str, params: Mapping[str, str]) -> str: ...


def message_form(number: str, text: str, **others: str) -> dict[str, str]:
    """Return a customer's message with a SID of its own; `others` replace its fields."""
    return {
        "MessageSid": f"SM{uuid4().hex}",
        "AccountSid": ACCOUNT_SID,
        "From": f"whatsapp:{number}",
        "To": BUSINESS,
        "Body": text,
        "NumMedia": "0",
        "ProfileName": "",
        **others,
    }


def status_form(sid: str, status: str, **others: str) -> dict[str, str]:
    return {"MessageSid": sid, "AccountSid": ACCOUNT_SID, "MessageStatus": status, **others}


def _signer(token: str) -> Signer:
    return RequestValidator(token)


class Webhooks:
    """Posts to one product."""

    def __init__(self, client: httpx2.AsyncClient, base_url: str) -> None:
        self._client = client
        self._base_url = base_url

    @classmethod
    @asynccontextmanager
    async def of(cls, product: Product) -> AsyncGenerator["Webhooks"]:
        async with httpx2.AsyncClient(base_url=product.public_url, timeout=30) as client:
            yield cls(client, product.public_url)

    def signed(self, path: str, form: Mapping[str, str], *, token: str = AUTH_TOKEN) -> str:
        """Return the signature that Twilio would send."""
        return _signer(token).compute_signature(self._base_url + path, form)

    async def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Post a form, signed as it should be unless another `signature` (or none: "") is given."""
        known = self.signed(path, form) if signature is None else signature
        signed = {"X-Twilio-Signature": known} if known else {}
        return await self._client.post(path, data=form, headers={**signed, **(headers or {})})

    async def request(self, method: str, path: str) -> httpx2.Response:
        """Ask in another way than Twilio does."""
        return await self._client.request(method, path)
