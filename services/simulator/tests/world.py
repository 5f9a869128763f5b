"""What the tests need around the simulator: a server, and a product that hears webhooks."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from handoff_common.clock import Clock
from handoff_common.lifecycle import listening_socket
from handoff_simulator.app import Account, Hooks, Place, build

SID = "AC" + "0a" * 16
TOKEN = "the-auth-token"
KEY, SECRET = "SK" + "1b" * 16, "the-key-secret"
OURS = "whatsapp:+14155238886"
THEIRS = "whatsapp:+5511999990001"
PHONE = "+5511999990001"
CREATE = f"/2010-04-01/Accounts/{SID}/Messages.json"
PREFIX = "/simulator"

ACCOUNT = Account(
    sid=SID, senders=(OURS, "whatsapp:+14155238887"), auth_token=TOKEN, api_keys={KEY: SECRET}
)


@asynccontextmanager
async def serving(app: ASGIApp, sock: socket) -> AsyncGenerator[None]:
    """Serve an application under uvicorn, without its signals and its ticks of 0.1 s."""
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[sock])
    try:
        yield
    finally:
        await server.shutdown(sockets=[sock])


async def until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    """Wait until something is so; fail after a deadline."""
    async with asyncio.timeout(seconds):
        while True:
            if condition():
                return
            await asyncio.sleep(0.005)


@dataclass
class Heard:
    """One webhook, as it came in."""

    url: str
    form: dict[str, str]
    headers: Mapping[str, str]

    @property
    def status(self) -> str:
        return self.form.get("MessageStatus", "")

    def is_signed(self) -> bool:
        signature = self.headers["x-twilio-signature"]
        validator: Any = RequestValidator(TOKEN)
        return bool(validator.validate(self.url, self.form, signature))


@dataclass
class Product:
    """Stands in for our ingress: hears everything, and answers what it is told to."""

    base: str
    webhooks: list[Heard] = field(default_factory=list[Heard])
    callbacks: list[Heard] = field(default_factory=list[Heard])
    fallbacks: list[Heard] = field(default_factory=list[Heard])
    answers: list[int] = field(default_factory=list[int])
    """Statuses of the next answers to webhooks; then 204."""

    def forget(self) -> None:
        for heard in (self.webhooks, self.callbacks, self.fallbacks):
            heard.clear()
        self.answers.clear()

    def routes(self) -> list[Route]:
        return [
            Route("/webhook", self._hear(self.webhooks), methods=["POST"]),
            Route("/status", self._hear(self.callbacks), methods=["POST"]),
            Route("/fallback", self._hear(self.fallbacks), methods=["POST"]),
        ]

    def _hear(self, into: list[Heard]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            body = (await request.body()).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            path = request.scope["raw_path"].decode()
            query = request.scope["query_string"].decode()
            url = f"{self.base}{path}{'?' + query if query else ''}"
            into.append(Heard(url, form, request.headers))
            status = self.answers.pop(0) if self.answers and into is not self.callbacks else 204
            return Response(status_code=status)

        return endpoint


@dataclass
class Site:
    """A simulator that runs, mounted under a prefix as in standalone, and the product."""

    base: str
    product: Product
    http: httpx2.AsyncClient
    """Of the control surface."""
    twilio: Client

    async def write(self, text: str, *, number: str = PHONE, **more: object) -> dict[str, Any]:
        """Write as a customer and wait for the end of the webhook."""
        answer = await self.http.post(
            f"/phones/{number}/messages", params={"wait": True}, json={"text": text, **more}
        )
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.json()

    async def post(self, **form: str) -> httpx2.Response:
        """Send a create request by hand; raises what the connection does."""
        body = {"To": THEIRS, "From": OURS, "Body": "olá", **form}
        return await self.http.post(CREATE, data=body, auth=(SID, TOKEN))

    async def faults(self, **switches: object) -> None:
        answer = await self.http.put("/faults", json=switches)
        assert answer.status_code == HTTPStatus.OK, answer.text

    async def record(self) -> list[dict[str, Any]]:
        return (await self.http.get("/record")).json()["messages"]

    async def requests(self) -> dict[str, Any]:
        return (await self.http.get("/requests")).json()

    def callback(self, query: str = "m=m1&a=2") -> str:
        return f"{self.product.base}/status?{query}"


@dataclass
class Moments:
    """A machine's clock that the test moves."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def site(
    path: Path,
    *,
    fragment: str = "",
    fallback: bool = False,
    clock: Clock | None = None,
    place: Place | None = None,
) -> AsyncGenerator[Site]:
    """Run everything; `fragment` are the overrides of the webhook URL."""
    sock = listening_socket("127.0.0.1", 0)
    product = Product(base_of(sock))
    base = product.base + PREFIX
    hooks = Hooks(
        url=f"{product.base}/webhook#{fragment}",
        fallback_url=f"{product.base}/fallback" if fallback else "",
    )
    async with (
        build(ACCOUNT, hooks, path, place=place or Place(clock=clock or Clock())) as app,
        serving(Starlette(routes=[Mount(PREFIX, app), *product.routes()]), sock),
        httpx2.AsyncClient(base_url=base) as http,
        AsyncTwilioHttpClient() as sdk,
    ):
        twilio = Client(SID, TOKEN, http_client=sdk)
        twilio.api.base_url = base
        yield Site(base, product, http, twilio)


@asynccontextmanager
async def listening() -> AsyncGenerator[Product]:
    """Run the product alone."""
    sock = listening_socket("127.0.0.1", 0)
    product = Product(base_of(sock))
    async with serving(Starlette(routes=product.routes()), sock):
        yield product


def base_of(sock: socket) -> str:
    return f"http://127.0.0.1:{sock.getsockname()[1]}"
