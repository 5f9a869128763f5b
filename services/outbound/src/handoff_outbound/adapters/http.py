"""An HTTP client for the SDK, with what its own asynchronous one lacks (twilio-python 9.13).

That one ignores its timeout and then has none at all (issue #925), logs addresses with phone
numbers, and passes on no header of a refusal. aiohttp itself repeats only idempotent requests, so
a POST goes once.
"""

import logging
import re
from datetime import timedelta
from typing import Any, cast

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, encode_basic_auth
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

CONNECT = timedelta(seconds=3)
"""Pool, name, TCP and TLS together: until here nothing was written."""
_KEEP_ALIVE_SECONDS = 4
"""Shorter than servers wait (uvicorn: 5 s): a request on a connection that is just being closed
fails as if it had been cut after it was written, and its message is doubtful for 40 s."""
_TOO_MANY = 429
_SECONDS = re.compile(r"[0-9]{1,6}")


class ThrottledError(Exception):
    """429: Twilio did not process the request."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class HttpClient(AsyncHttpClient):
    """Needs a running loop, and `close`. The caller sets the deadline of the whole request."""

    def __init__(self, *, connections: int, connect: timedelta = CONNECT) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True)
        timeout = ClientTimeout(total=None, connect=connect.total_seconds())
        self._session = ClientSession(
            connector=TCPConnector(limit=connections, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            cookie_jar=DummyCookieJar(),
            timeout=timeout,
        )

    async def request(self, method: str, uri: str, *_: object, **options: object) -> Response:
        """Make a request. Raises `ThrottledError`, `TimeoutError`, `aiohttp.ClientError`."""
        headers = dict(cast("dict[str, str]", options["headers"]))
        if options.get("auth") is not None:
            user, secret = cast("tuple[str, str]", options["auth"])
            headers["Authorization"] = encode_basic_auth(user, secret)
        async with self._session.request(
            method,
            uri,
            params=cast("dict[str, str] | None", options.get("params")),
            data=cast("dict[str, Any] | None", options.get("data")),
            headers=headers,
            allow_redirects=False,
        ) as response:
            if response.status == _TOO_MANY:
                raise ThrottledError(_retry_after(response.headers.get("Retry-After", "")))
            return Response(response.status, await response.text(), response.headers)

    async def close(self) -> None:
        await self._session.close()


def _retry_after(value: str) -> timedelta:
    """Read seconds; the other form (a date) and nonsense count as nothing asked."""
    return timedelta(seconds=int(value)) if _SECONDS.fullmatch(value) else timedelta(0)
