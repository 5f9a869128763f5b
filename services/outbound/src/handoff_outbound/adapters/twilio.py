"""Twilio's Messages API through the official SDK.

https://www.twilio.com/docs/messaging/api/message-resource. There is no idempotency key: what is not
certainly unprocessed may have been accepted.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

import structlog
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError, InvalidURL
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance, MessagePage

from handoff_common.events import Media
from handoff_outbound.adapters.http import CONNECT, HttpClient, ThrottledError
from handoff_outbound.domain.attempt import Attempt, Key
from handoff_outbound.domain.errors import fault
from handoff_outbound.domain.matching import Listed, ListingError
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused

log = structlog.get_logger()

TWILIO_API = "https://api.twilio.com"
CALLBACK_PATH = "/api/twilio/status"
_PAGE = 100
_FILES = 10
"""Of one message, at most; WhatsApp sends one."""
_SENT_PAGES = 10
"""Between one customer and one number, since one claim: more than this is not one conversation."""
_RECEIVED_PAGES = 10_000
"""Only against a list without an end; the search goes back 24 hours at most."""


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    sid: str
    auth_token: str = field(repr=False)
    api_base_url: str = TWILIO_API
    """May have a path, under which the simulator is mounted."""
    sends_per_second: float = 80
    """Of each number, by this process."""


class TwilioChannel:
    """Needs a running loop, and `close`."""

    def __init__(
        self,
        account: TwilioAccount,
        *,
        public_base_url: str,
        deadline: timedelta,
        connections: int,
    ) -> None:
        self._http = HttpClient(connections=connections, connect=min(CONNECT, deadline / 2))
        self._client = Client(
            account.sid,
            account.auth_token,
            http_client=self._http,
            # Or it would take an edge from ours, which spoils any address but Twilio's own.
            environment={"TWILIO_EDGE": ""},
        )
        self._client.api.base_url = account.api_base_url
        self._public_base_url = public_base_url
        self._seconds = deadline.total_seconds()

    async def close(self) -> None:
        await self._http.close()

    async def post(self, attempt: Attempt) -> Outcome:
        """Create the message at Twilio, once. Raises nothing."""
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._client.messages.create_async(
                    to=attempt.customer,
                    from_=attempt.business,
                    body=attempt.text,
                    status_callback=callback_url(self._public_base_url, attempt.key),
                )
        except (ConnectionTimeoutError, ClientConnectorError, InvalidURL) as error:
            return NotProcessed(type(error).__name__)
        except ThrottledError as error:
            return NotProcessed("429", error.retry_after)
        except (TwilioRestException, TwilioServiceException) as error:
            return _refusal(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the request may have arrived
            return Doubtful(type(error).__name__)
        return Accepted(message.sid) if message.sid else Doubtful("an answer without a Sid")

    async def sent(self, business: str, customer: str, since: datetime) -> Sequence[Listed]:
        """List what Twilio has from us to a customer since then. Raises `ListingError`."""
        pages = self._pages(customer, business, since, limit=_SENT_PAGES)
        return [message async for page in pages for message in page]

    async def received(self, business: str, since: datetime) -> AsyncGenerator[Sequence[Listed]]:
        """List what customers sent to this number, page by page. Raises `ListingError`."""
        async for page in self._pages(business, "", since, limit=_RECEIVED_PAGES):
            yield page

    async def media(self, sid: str) -> Sequence[Media]:
        """List the files of a message, as its webhook tells them. Raises `ListingError`."""
        async with self._reading():
            found = await self._client.messages(sid).media.list_async(limit=_FILES)
        base = str(self._client.api.base_url)
        return [
            Media(url=base + each.uri.removesuffix(".json"), content_type=each.content_type or "")
            for each in found
            if each.uri
        ]

    async def _pages(
        self, to: str, from_: str, since: datetime, *, limit: int
    ) -> AsyncGenerator[Sequence[Listed]]:
        """Read pages, newest first, until one is older than `since` altogether.

        Not the first older message: which date the list is sorted by is not documented, and
        `DateSent` is empty while a message is queued, so there is no filter by date either.
        """
        page, url = await self._page(to, from_, ""), ""
        for _ in range(limit):
            yield (messages := [listed_of(message) for message in page])
            url = page.next_page_url or ""
            if not url or not messages or all(m.created_at < since for m in messages):
                return
            page = await self._page(to, from_, url)
        raise ListingError("too many pages")

    async def _page(self, to: str, from_: str, url: str) -> MessagePage:
        messages = self._client.messages
        async with self._reading():
            if url:
                return await messages.get_page_async(url)
            filters = {"to": to, "from_": from_} if from_ else {"to": to}
            return await messages.page_async(**filters, page_size=_PAGE)

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[None]:
        """Hold a request that may be repeated to its deadline. Raises `ListingError`."""
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except (TwilioException, ThrottledError, ClientError, TimeoutError, ValueError) as error:
            raise ListingError(type(error).__name__) from None


def callback_url(public_base_url: str, key: Key) -> str:
    """Return where Twilio tells what becomes of the message; its signature covers our ids in it.

    Overrides of the connection (`#rc=3&…`) stay at the end; Twilio neither sends nor signs them.
    """
    base, hash_sign, overrides = public_base_url.partition("#")
    query = urlencode({"c": key.conversation_id, "m": key.message_id, "a": key.attempt})
    return f"{base.rstrip('/')}{CALLBACK_PATH}?{query}{hash_sign}{overrides}"


def listed_of(message: object) -> Listed:
    """Return a message of the SDK's as ours. Raises `ListingError`."""
    instance = cast("MessageInstance", message)
    created_at = cast("object", instance.date_created)  # a date that it can't read stays a string
    if not instance.sid or not isinstance(created_at, datetime):
        raise ListingError("a message without Sid or date")
    return Listed(
        sid=instance.sid,
        sender=instance.from_ or "",
        recipient=instance.to or "",
        body=instance.body or "",
        inbound=str(instance.direction) == "inbound",
        created_at=created_at,
        files=int(instance.num_media or 0),
    )


def _refusal(error: TwilioRestException | TwilioServiceException) -> Outcome:
    status, code = int(error.status), int(error.code or error.status)
    found = fault(status, code)
    match found.kind:
        case "retry":
            return NotProcessed(f"{status}/{code}")
        case "configuration":
            log.error("configuration.refused", status=status, code=code)
            return NotProcessed(f"{status}/{code}", code=code)
        case "doubtful":
            return Doubtful(f"{status}/{code}")
        case "permanent" | "customer":
            return Refused(code, found.text)
