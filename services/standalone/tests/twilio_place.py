"""A small HTTP server in Twilio's place: messages and senders, with one right password."""

import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "the-token"
OWN = "whatsapp:+551130000000"
_RIGHT = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


@dataclass
class Twilio:
    base: str = ""
    senders: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By Sid."""
    refuses: bool = False
    """To change a sender."""
    keeps: bool = False
    """What a sender calls already, whatever it is told."""
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, number: str, *, calls: str = "", status: str = "ONLINE") -> None:
        sid = f"XE{len(self.senders):032x}"
        hook = {"callback_url": calls or None, "status_callback_url": None}
        known = {"sid": sid, "sender_id": number, "status": status, "webhook": hook}
        self.senders[sid] = known

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != _RIGHT:
            said = {"code": 20003, "message": f"no {TOKEN}", "status": 401, "more_info": ""}
            return web.json_response(said, status=401)
        if request.path.endswith("/Messages.json"):
            return web.json_response({"messages": [], "page": 0, "next_page_uri": None})
        if request.method == "GET":
            assert request.query["Channel"] == "whatsapp"
            return web.json_response({"senders": list(self.senders.values()), "meta": {}})
        if self.refuses:
            return web.json_response({"code": 63100, "message": "x", "status": 400}, status=400)
        body = json.loads(await request.text())
        self.bodies.append(body)
        found = self.senders[request.path.rpartition("/")[2]]
        if not self.keeps:
            found["webhook"] = body["webhook"]
        return web.json_response(found)


@asynccontextmanager
async def listening() -> AsyncGenerator[Twilio]:
    found = Twilio()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()
