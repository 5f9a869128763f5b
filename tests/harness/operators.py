"""An operator at the HTTP API."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast
from uuid import uuid4

import httpx2

from harness.streams import Stream, streaming
from harness.waiting import until

Json = dict[str, Any]
RETRIES = 1200
"""A tenth of a second apart: as long as a person would stay, even while everything restarts."""


class Operator:
    """Signed in; repeats what a restarting server left unanswered, with the same key."""

    def __init__(self, client: httpx2.AsyncClient, who: Json) -> None:
        self._client = client
        self.id: str = who["operator"]["id"]
        self.name: str = who["operator"]["name"]

    @classmethod
    @asynccontextmanager
    async def signed_in(
        cls, base_url: str, email: str, password: str
    ) -> AsyncGenerator["Operator"]:
        async with httpx2.AsyncClient(base_url=base_url, timeout=30) as client:
            answer = await client.post("/api/session", json={"email": email, "password": password})
            assert answer.status_code == 200, answer.text
            yield cls(client, answer.json())

    async def get(self, path: str, **query: object) -> Json:
        """Read; tries again while the server restarts."""
        for _ in range(RETRIES):
            try:
                answer = await self._client.get(path, params=cast("Any", query))
            except httpx2.HTTPError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code >= 500:
                await asyncio.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            return cast("Json", answer.json())
        raise AssertionError(f"{path} never answered")

    async def ask(self, path: str, **query: object) -> httpx2.Response:
        """Read once, whatever the answer is."""
        return await self._client.get(path, params=cast("Any", query))

    async def click(
        self, conversation: str, what: str, body: Json, *, key: str = ""
    ) -> httpx2.Response:
        """Send a command once, whatever the answer is."""
        return await self._client.post(
            f"/api/conversations/{conversation}/{what}",
            json=body,
            headers={"Idempotency-Key": key or uuid4().hex},
        )

    def feed(self, *, last: str = "", **query: object) -> AbstractAsyncContextManager[Stream]:
        """Follow the live feed, from where the last stream stopped."""
        return streaming(self._client, last=last, query=query)

    async def handoffs(self, conversation: str) -> list[Json]:
        """Return the human episodes, oldest first."""
        return (await self.get(f"/api/conversations/{conversation}/handoffs"))["items"]

    async def take_next(self) -> httpx2.Response:
        """Claim whoever has waited longest."""
        return await self._client.post("/api/next", headers={"Idempotency-Key": uuid4().hex})

    async def conversations(self, view: str = "all") -> list[Json]:
        """Return a whole view of the inbox."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            query = {"view": view, "limit": 100} | ({"cursor": cursor} if cursor else {})
            page = await self.get("/api/conversations", **query)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    async def conversation_with(self, number: str, *, seconds: float = 30) -> Json:
        """Return the conversation with a customer, as soon as there is one."""

        async def found() -> Json | None:
            for item in await self.conversations():
                if item["customer"] == f"whatsapp:{number}":
                    return item
            return None

        return await until(found, f"a conversation with {number}", seconds=seconds)

    async def conversation(self, conversation: str) -> Json:
        return await self.get(f"/api/conversations/{conversation}")

    async def thread(self, conversation: str) -> list[Json]:
        """Return all messages, oldest first."""
        found: list[Json] = []
        after = 0
        while True:
            page = await self.get(
                f"/api/conversations/{conversation}/messages", after=after, limit=100
            )
            found += page["items"]
            if not page["items"] or not page["more"]:
                return found
            after = page["items"][-1]["seq"]

    async def settled_thread(self, conversation: str, *, seconds: float = 30) -> list[Json]:
        """Return all messages, once every one has its final state."""

        async def settled() -> list[Json] | None:
            thread = await self.thread(conversation)
            under_way = {"queued", "released", "doubtful"}
            return None if under_way & {m["status"] for m in thread} else thread

        return await until(settled, "every message to end", seconds=seconds)

    async def command(
        self, conversation: str, what: str, body: Json, *, key: str = ""
    ) -> tuple[int, Json]:
        """Send a command until it has an outcome; return 200 or 409, and the answer."""
        key = key or uuid4().hex
        path = f"/api/conversations/{conversation}/{what}"
        for _ in range(RETRIES):
            try:
                answer = await self._client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx2.HTTPError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code in (200, 409):
                return answer.status_code, cast("Json", answer.json())
            later = (202, 503)
            assert answer.status_code in later, answer.text
            await asyncio.sleep(0.1)
        raise AssertionError(f"{what} never had an outcome")

    async def claim(self, conversation: str) -> tuple[int, Json]:
        return await self.command(conversation, "claim", {"epoch": 0})

    async def reply(self, conversation: str, text: str) -> tuple[int, Json]:
        return await self.command(conversation, "reply", {"epoch": 0, "seq": 0, "text": text})

    async def give_back(self, conversation: str, note: str = "") -> tuple[int, Json]:
        return await self.command(conversation, "return", {"epoch": 0, "note": note})

    async def close(
        self, conversation: str, outcome: str = "resolved", *, seen: int = 0
    ) -> tuple[int, Json]:
        body = {"epoch": 0, "outcome": outcome, "seq": seen}
        return await self.command(conversation, "close", body)

    async def decide(self, conversation: str, message: str, *, resend: bool) -> tuple[int, Json]:
        body = {"epoch": 0, "resend": resend}
        return await self.command(conversation, f"messages/{message}/decide", body)

    async def is_owner(self, conversation: str, kind: str, *, seconds: float = 30) -> Json:
        """Wait until the conversation is with this kind of owner."""

        async def there() -> Json | None:
            item = await self.conversation(conversation)
            return item if item["owner"]["kind"] == kind else None

        return await until(there, f"owner {kind}", seconds=seconds)
