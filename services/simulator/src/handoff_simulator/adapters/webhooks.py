"""Webhooks that go out: signed as Twilio signs them, retried as the fragment of their URL asks."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode

import aiohttp
import structlog
from twilio.request_validator import RequestValidator
from yarl import URL

from handoff_simulator.domain.policy import (
    Failure,
    Outcome,
    Policy,
    failure_of,
    pause_ms,
    policy_of,
)

log = structlog.get_logger()

_AT_ONCE = 200


@asynccontextmanager
async def webhooks(auth_token: str, internal: tuple[str, str] | None) -> AsyncGenerator["Webhooks"]:
    """Open the way out.

    `internal`: a public base URL that can't be reached from here, and the one to connect to.
    """
    # 2 s: uvicorn closes an idle connection after 5, and a POST on a closing one is lost.
    connector = aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=2)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        yield Webhooks(session, RequestValidator(auth_token), internal)


class Signer(Protocol):
    """The SDK's validator, which has no types."""

    def compute_signature(self, uri: str, params: Mapping[str, str]) -> str: ...


class Webhooks:
    """Posts forms; many at once."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        signer: Signer,
        internal: tuple[str, str] | None,
    ) -> None:
        self._session = session
        self._signer = signer
        self._internal = internal

    async def post(self, url: str, form: Mapping[str, str], token: str, *, retries: int) -> Outcome:
        """Deliver one form under the policy in the URL's fragment.

        `token` names this delivery on every attempt; `retries`: how often, if the URL doesn't say.
        """
        address, policy = policy_of(url, retries=retries)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": self._signer.compute_signature(address, form),
        }
        target = URL(self._reachable(address), encoded=True)
        body = urlencode(form).encode()
        clock = asyncio.get_running_loop().time
        over_at = clock() + policy.total_ms / 1000
        attempt, status = 0, None
        while True:
            attempt += 1
            failure, status = await self._attempt(
                target, body, headers, (policy, over_at - clock())
            )
            if failure is None and status is not None and status < HTTPStatus.MULTIPLE_CHOICES:
                return Outcome(delivered=True, attempts=attempt, status=status)
            log.info("webhook.failed", attempt=attempt, status=status, failure=failure)
            pause = pause_ms(attempt) / 1000
            if (
                attempt > policy.retries
                or not policy.retries_after(failure)
                or clock() + pause >= over_at
            ):
                return Outcome(delivered=False, attempts=attempt, status=status)
            await asyncio.sleep(pause)

    async def _attempt(
        self, target: URL, body: bytes, headers: Mapping[str, str], limits: tuple[Policy, float]
    ) -> tuple[Failure | None, int | None]:
        policy, seconds_left = limits
        timeout = aiohttp.ClientTimeout(
            total=seconds_left,
            sock_connect=policy.connect_ms / 1000,
            sock_read=policy.read_ms / 1000,
        )
        try:
            async with self._session.post(
                target, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                return failure_of(answer.status), answer.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return "ct", None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return "rt", None

    def _reachable(self, address: str) -> str:
        if self._internal is not None:
            public, inner = self._internal
            if address.startswith(public):
                return inner + address.removeprefix(public)
        return address
