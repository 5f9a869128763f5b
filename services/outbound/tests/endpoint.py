"""A small HTTP server in Twilio's place, which answers by a script."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web

from handoff_outbound.adapters.twilio import TwilioAccount, TwilioChannel

from .world import BUSINESS, CUSTOMER

ACCOUNT, TOKEN = "AC" + "0" * 32, "the-token"
PATH = f"/simulator/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SID = "SM" + "a" * 32
Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """Answers by a script; remembers what it was asked."""

    base: str = ""
    script: list[Answer] = field(default_factory=list[Answer])
    forms: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    queries: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    paths: list[str] = field(default_factory=list[str])
    authorization: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.forms.append({name: str(value) for name, value in form.items()})
        self.queries.append(dict(request.query))
        self.paths.append(request.path)
        self.authorization = request.headers["Authorization"]
        return await self.script.pop(0)(request)


def says(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html")
        return web.json_response(body, status=status, headers=headers)

    return answer


def refuses(status: int, code: int) -> Answer:
    return says(status, {"code": code, "message": "no", "more_info": "", "status": status})


async def cuts(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cuts_in_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"sid": "')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hangs(_: web.Request) -> web.Response:
    await asyncio.sleep(1.5)
    return web.Response()


def message(sid: str = SID, created: str = "Sun, 01 Mar 2026 12:00:03 +0000") -> dict[str, object]:
    return {
        "sid": sid,
        "from": BUSINESS,
        "to": CUSTOMER,
        "body": "Bom dia",
        "direction": "outbound-api",
        "date_created": created,
        "status": "queued",
    }


def page(*messages: dict[str, object], next_page: str | None = None) -> Answer:
    return says(200, {"messages": list(messages), "next_page_uri": next_page, "page": 0})


@asynccontextmanager
async def listening() -> AsyncGenerator[Server]:
    found = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}/simulator"
    yield found
    await runner.cleanup()


def channel_at(base: str, seconds: float = 5) -> TwilioChannel:
    return TwilioChannel(
        TwilioAccount(ACCOUNT, TOKEN, base),
        public_base_url="https://shop.example/handoff",
        deadline=timedelta(seconds=seconds),
        connections=4,
    )
