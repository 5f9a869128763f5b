"""A router, and its broker, written by hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel

from handoff_common.database import Database, table_of
from handoff_common.errors import AwayError
from handoff_common.events import (
    BaseEvent,
    CommandAnswered,
    ConversationChanged,
    ReplyRequested,
)
from handoff_common.events.command import Command
from handoff_common.ids import derived_id
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.tables import CommandRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeHints:
    """Hints as one listener gets them, until the broker is lost."""

    def __init__(self) -> None:
        self.arrivals: Arrivals[bytes] = Arrivals()

    async def next(self) -> bytes:
        hint = await self.arrivals.next()
        assert hint is not None
        return hint


@dataclass
class FakeRouter:
    """Answers commands as the real one: once per id, and the same again; keeps the outcome.

    It is the broker, too: it tells hints to whoever listens, and `lose` ends their connections.
    """

    database: Database
    listeners: list[FakeHints] = field(default_factory=list[FakeHints])
    is_heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody listens."""
    asked: list[Command] = field(default_factory=list[Command])
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    """Fields of the next answers that differ from `accepted`."""
    is_away: bool = False
    is_silent: bool = False
    """Decides, but too late for whoever asked."""
    taken: set[UUID] = field(default_factory=set[UUID])
    """Conversations that somebody else has just claimed."""
    before_deciding: Callable[[Command], Awaitable[None]] | None = None
    _decided: dict[UUID, tuple[str, CommandAnswered]] = field(
        default_factory=dict[UUID, tuple[str, CommandAnswered]]
    )

    async def ping(self) -> None:
        if self.is_away:
            raise AwayError("broker")

    @asynccontextmanager
    async def listen(self, *types: type[BaseEvent]) -> AsyncGenerator[FakeHints]:
        await self.ping()
        assert types == (ConversationChanged,)
        hints = FakeHints()
        self.listeners.append(hints)
        self.is_heard.set()
        try:
            yield hints
        finally:
            self.listeners.remove(hints)

    def hint(self, event: BaseEvent) -> None:
        for listener in self.listeners:
            listener.arrivals.put(event.model_dump_json().encode())

    def lose(self) -> None:
        self.is_heard.clear()
        for listener in self.listeners:
            listener.arrivals.lose("closed by the broker")

    async def request(self, event: BaseEvent, *, timeout: timedelta) -> bytes | None:  # noqa: ASYNC109  # the port's
        await self.ping()
        assert isinstance(event, Command)
        assert timeout == timedelta(seconds=5)
        self.asked.append(event)
        if self.before_deciding is not None:
            await self.before_deciding(event)
        answer = await self._decide(event)
        return None if self.is_silent else answer.model_dump_json().encode()

    async def _decide(self, command: Command) -> CommandAnswered:
        digest, answer = self._decided.get(command.id, ("", None))
        if answer is None:
            refused = {"accepted": False, "reason": "taken", "owner_id": None}
            differs = refused if command.conversation_id in self.taken else self.answer
            answer = self._answered(command, **differs)
            self._decided[command.id] = (command.digest, answer)
            await add(self.database, _stored(command, answer))
        elif digest != command.digest:
            return self._answered(command, accepted=False, reason="key_reused")
        return answer

    def _answered(self, command: Command, **differs: object) -> CommandAnswered:
        usual: dict[str, Any] = {
            "id": derived_id(command.id, "answer"),
            "time": NOON,
            "command_id": command.id,
            "conversation_id": command.conversation_id,
            "accepted": True,
            "owner": "human",
            "owner_id": command.operator_id,
            "epoch": 5,
            "version": 9,
        }
        usual.update(differs)
        return CommandAnswered(**usual)


def _stored(command: Command, answer: CommandAnswered) -> CommandRow:
    return CommandRow(
        id=command.id,
        conversation_id=command.conversation_id,
        operator_id=command.operator_id,
        kind=str(command.model_dump()["type"]),
        digest=command.digest,
        accepted=answer.accepted,
        reason=answer.reason,
        answer=answer.model_dump(mode="json"),
        text=command.text if isinstance(command, ReplyRequested) else "",
        decided_at=NOON,
    )


async def add(database: Database, *rows: SQLModel) -> None:
    """Write rows as their writers would."""
    async with database.write() as connection:
        for row in rows:
            await connection.execute(insert(table_of(type(row))).values(**row.model_dump()))
