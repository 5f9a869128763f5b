"""Who gets in: size and shape of a request first, then Twilio's signature over it.

The signature (https://www.twilio.com/docs/usage/security#validating-requests) covers the URL as
Twilio called it and every field, blank ones included. The URL is built from configuration, never
from `Host` or `X-Forwarded-*`, which a stranger can set.
"""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import parse_qsl, urldefrag

from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from handoff_ingress.domain.form import Pairs

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 256 * 1024
"""No size is documented; the longest real forms are a few KiB."""
MAX_FIELDS = 500


class RefusedError(Exception):
    """A request that does not get in: the HTTP status, and the reason for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Validator(Protocol):
    """The part of the SDK's untyped `RequestValidator` that is used."""

    def validate(self, uri: str, params: FormData, signature: str) -> bool: ...


class Signatures:
    """Twilio's signature, checked by its SDK with any of the account's tokens.

    Raises `ValueError` when made with an empty token (anyone can sign with that), or with a base
    URL whose signed form is ambiguous.
    """

    def __init__(self, public_base_url: str, auth_tokens: Sequence[str]) -> None:
        if not auth_tokens or not all(token.strip() for token in auth_tokens):
            raise ValueError("an auth token is empty: no webhook could be told from a forged one")
        base = urldefrag(public_base_url).url.rstrip("/")
        if not base.startswith(("https://", "http://")) or "?" in base or "@" in base:
            raise ValueError("the public base URL must be http(s)://host[:port][/path]")
        self._base = base
        self._validators: list[Validator] = [RequestValidator(token) for token in auth_tokens]

    def cover(self, target: str, pairs: Pairs, signature: str) -> bool:
        """Tell whether Twilio signed these fields for `target` (raw path and query)."""
        form = FormData(list(pairs))
        return any(
            validator.validate(self._base + target, form, signature)
            for validator in self._validators
        )


async def admitted(request: Request, signatures: Signatures) -> Pairs:
    """Return the fields of a genuine request, decoded and in order. Raises `RefusedError`."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise RefusedError(415, "content_type")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not signature:
        raise RefusedError(403, "unsigned")
    body = await _body(request)
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,  # they are signed
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise RefusedError(400, "too_many_fields") from None
    if not signatures.cover(_target(request), pairs, signature):
        raise RefusedError(403, "bad_signature")
    return pairs


def query_of(request: Request) -> Pairs:
    """Return the decoded query. Raises `RefusedError`."""
    query = request.scope["query_string"].decode("latin-1")
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise RefusedError(400, "too_many_fields") from None


def _target(request: Request) -> str:
    """Return path and query as they came: still percent-encoded, in their order."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


async def _body(request: Request) -> bytes:
    """Read the body, and stop reading at the limit whatever `Content-Length` claims."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise RefusedError(413, "too_large")
    except ClientDisconnect:
        raise RefusedError(400, "disconnected") from None
    return bytes(body)
