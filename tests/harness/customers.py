"""The customers, at the simulator: what they write, and what their phones got."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx2

from harness.waiting import until


@dataclass(frozen=True, slots=True)
class Shown:
    """One message on a phone; `number` is its place in the order in which Twilio accepted it."""

    number: int
    sid: str
    is_ours: bool
    customer: str
    text: str
    status: str
    message_id: str
    attempt: int | None
    created_at: str


class Customers:
    """Talks to one simulator."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def of(cls, base_url: str) -> AsyncGenerator["Customers"]:
        # Let go of a connection before the server does (uvicorn: after 5 s), or a request is lost.
        limits = httpx2.Limits(max_connections=100, keepalive_expiry=1)
        async with httpx2.AsyncClient(base_url=base_url, timeout=60, limits=limits) as client:
            yield cls(client)

    async def write(
        self, number: str, text: str, *, wait: bool = False, **more: object
    ) -> dict[str, Any]:
        """Let a customer write; with `wait`, answer when the webhook has ended.

        `more`: other fields, as in `profile_name`; or the `sid` of an earlier message, whose
        webhook then goes out once more.
        """
        answer = await self._client.post(
            f"/phones/{number}/messages", params={"wait": wait}, json={"text": text, **more}
        )
        answer.raise_for_status()
        return cast("dict[str, Any]", answer.json())

    async def phone(self, number: str) -> list[Shown]:
        """Return everything on a phone, in order."""
        return await self._pages(f"/phones/{number}/messages")

    async def got(self, number: str) -> list[str]:
        """Return the texts that a phone got from us, in order."""
        return [shown.text for shown in await self.phone(number) if shown.is_ours]

    async def gets(self, number: str, part: str, *, seconds: float = 30) -> list[str]:
        """Wait until a text that contains `part` is on the phone; return all texts from us."""

        async def arrived() -> list[str] | None:
            texts = await self.got(number)
            return texts if any(part in text for text in texts) else None

        return await until(arrived, f"{part!r} on the phone", seconds=seconds)

    async def record(self) -> list[Shown]:
        """Return the ground truth: every message that Twilio accepted from us, in order."""
        return await self._pages("/record")

    async def trace(self, number: str) -> list[dict[str, Any]]:
        """Return what the simulator has seen of a phone, oldest first."""
        answer = await self._client.get("/trace", params={"phone": number})
        answer.raise_for_status()
        return cast("list[dict[str, Any]]", answer.json()["entries"])

    async def faults(self, **switches: object) -> None:
        """Set the fault switches; what is not named is off."""
        answer = await self._client.put("/faults", json=switches)
        answer.raise_for_status()

    async def requests(self) -> dict[str, Any]:
        answer = await self._client.get("/requests")
        answer.raise_for_status()
        return cast("dict[str, Any]", answer.json())

    async def _pages(self, path: str) -> list[Shown]:
        found: list[Shown] = []
        after: int | None = 0
        while after is not None:
            answer = await self._client.get(path, params={"after": after, "limit": 5000})
            answer.raise_for_status()
            page = answer.json()
            found += [_shown(entry) for entry in page["messages"]]
            after = page["next"]
        return found


def _shown(entry: dict[str, Any]) -> Shown:
    is_ours = entry["direction"] != "inbound"
    return Shown(
        number=entry["number"],
        sid=entry["sid"],
        is_ours=is_ours,
        customer=entry["recipient"] if is_ours else entry["sender"],
        text=entry["body"],
        status=entry["status"],
        message_id=entry["mid"],
        attempt=entry["attempt"],
        created_at=entry["created_at"],
    )
