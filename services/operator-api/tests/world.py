"""The operator API over a database in a file, with a router that is a fake written by hand."""

import itertools
import json
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fakeredis import FakeAsyncRedis
from sqlalchemy import create_engine, update
from starlette.types import ASGIApp

from handoff_common.clock import Clock
from handoff_common.database import Database, table_of
from handoff_common.ids import OperatorId
from handoff_common.tables import (
    METADATA,
    ContactRow,
    ConversationRow,
    HandoffRow,
    MessageRow,
)
from handoff_operator_api.adapters.operators import Operators
from handoff_operator_api.adapters.passwords import PasswordCost, Passwords
from handoff_operator_api.app import Site, service
from handoff_operator_api.domain.operator import Role

from .fake_router import NOON, FakeRouter, add

CONSOLE = "https://console.example"
CHEAP = PasswordCost(memory_kib=8, passes=1)
PASSWORD = "correct horse battery"
BUSINESS = "whatsapp:+551130000000"


@dataclass
class World:
    """One running operator API, and what is around it."""

    app: ASGIApp
    database: Database
    router: FakeRouter
    redis: FakeAsyncRedis
    operators: Operators
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def browser(self, host: str = "203.0.113.7") -> httpx2.AsyncClient:
        """Return a browser on the console's own page, signed out."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, client=(host, 50000)),
            base_url=CONSOLE,
            headers={"Origin": CONSOLE, "Sec-Fetch-Site": "same-origin"},
        )

    async def operator(self, name: str = "Helena", *, role: Role = "operator") -> OperatorId:
        return await self.operators.create(
            email=f"{name}@shop.example", name=name, role=role, password=PASSWORD, now=NOON
        )

    async def signed_in(self, name: str = "Helena") -> tuple[OperatorId, httpx2.AsyncClient]:
        """Return a new operator and their browser."""
        operator = await self.operator(name)
        browser = self.browser()
        response = await sign_in(browser, f"{name}@shop.example")
        assert response.status_code == 200
        return operator, browser

    async def conversation(
        self,
        *,
        opened_at: datetime | None = None,
        **fields: object,
    ) -> UUID:
        """Store a conversation; with `opened_at` one with an open handoff."""
        number = next(self._numbers)
        contact = ContactRow(
            id=uuid4(),
            address=f"whatsapp:+55119{number:08}",
            profile_name=f"Customer {number}",
            created_at=NOON,
        )
        usual: dict[str, Any] = {
            "id": uuid4(),
            "contact_id": contact.id,
            "customer": contact.address,
            "business": BUSINESS,
            "created_at": NOON,
            "updated_at": NOON,
        }
        usual.update(fields)
        row = ConversationRow(**usual)
        await add(self.database, contact, row)
        if opened_at is not None:
            await self._open_handoff(row.id, opened_at)
        return row.id

    async def _open_handoff(self, conversation: UUID, opened_at: datetime) -> None:
        handoff = HandoffRow(
            id=uuid4(),
            conversation_id=conversation,
            reason="asked_for_person",
            opened_at=opened_at,
            opened_seq=1,
        )
        await add(self.database, handoff)
        await self.change(conversation, handoff_id=handoff.id)

    async def change(self, conversation: UUID, **fields: object) -> None:
        table = table_of(ConversationRow)
        async with self.database.write() as connection:
            await connection.execute(
                update(table).where(table.c.id == conversation).values(**fields)
            )

    async def message(self, conversation: UUID, seq: int, **fields: object) -> UUID:
        usual: dict[str, Any] = {
            "id": uuid4(),
            "conversation_id": conversation,
            "seq": seq,
            "author": "customer",
            "text": f"text {seq}",
            "created_at": NOON,
            "status": "received",
        }
        usual.update(fields)
        row = MessageRow(**usual)
        await add(self.database, row)
        return row.id


async def sign_in(
    browser: httpx2.AsyncClient, email: str, password: str = PASSWORD
) -> httpx2.Response:
    return await browser.post("/api/session", json={"email": email, "password": password})


REPLY = {"epoch": 4, "seq": 7, "text": "Olá"}


def command_path(conversation: UUID, action: str) -> str:
    return f"/api/conversations/{conversation}/{action}"


async def reply(
    browser: httpx2.AsyncClient,
    conversation: UUID,
    name: dict[str, str],
    **differs: object,
) -> httpx2.Response:
    headers = {**name, "Content-Type": "application/json"}
    body = json.dumps(REPLY | differs)  # ASCII, as httpx2's own can't carry half a character
    return await browser.post(command_path(conversation, "reply"), content=body, headers=headers)


def key() -> dict[str, str]:
    """Return the header that names a new click."""
    return {"Idempotency-Key": str(uuid4())}


def make_schema(path: Path) -> None:
    """Write an empty database, to be copied for each test: that is faster than making each."""
    engine = create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    engine.dispose()


@asynccontextmanager
async def world(
    schema: Path,
    path: Path,
    *,
    origins: Sequence[str] = (CONSOLE,),
    console: Path | None = None,
    clock: Clock | None = None,
    simulator: str | None = None,
) -> AsyncGenerator[World]:
    shutil.copy(schema, path)
    database = Database(f"sqlite:///{path}", clock=clock)
    router, redis = FakeRouter(database), FakeAsyncRedis()
    try:
        async with service(
            database=database,
            broker=router,
            redis=redis,
            site=Site(origins, console, simulator),
            password_cost=CHEAP,
        ) as app:
            operators = Operators(database, Passwords(CHEAP))
            yield World(app, database, router, redis, operators)
    finally:
        await redis.aclose()
        await database.close()
