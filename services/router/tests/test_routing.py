"""The shell around the transition, on a real database."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select

from handoff_common.database import Database
from handoff_common.events import (
    AnyEvent,
    BotRequested,
    CustomerWrote,
    MessageReleased,
)
from handoff_common.ids import inbound_id
from handoff_common.messaging.handling import Handled
from handoff_common.tables import METADATA, ConversationRow, HandoffRow, MessageRow
from handoff_router.adapters.conversations import DatabaseConversations
from handoff_router.adapters.timers import DatabaseTimers
from handoff_router.domain.conversation import RouterInput
from handoff_router.domain.policy import Policy
from handoff_router.handlers.routing import route

CUSTOMER, BUSINESS = "whatsapp:+5511999990001", "whatsapp:+551130000000"
HELENA, RUI = UUID(int=1), UUID(int=2)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    database = Database(f"sqlite:///{tmp_path}/handoff.db")
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    yield database
    await database.close()


class Desk:
    """The router with everything it needs, driven event by event."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.timers = DatabaseTimers(database)
        self.policy = Policy(pause=timedelta(0))

    async def route(self, *events: RouterInput) -> Sequence[Handled]:
        conversations = DatabaseConversations(self.database)
        return await route(events, conversations=conversations, policy=self.policy)

    async def effects(self, *events: RouterInput) -> list[AnyEvent]:
        return [effect for handled in await self.route(*events) for effect in handled.effects]  # pyright: ignore[reportReturnType]

    async def rows(
        self, model: type[ConversationRow | MessageRow | HandoffRow]
    ) -> Sequence[Row[Any]]:
        async with self.database.read() as connection:
            return (await connection.execute(select(model))).all()

    async def fire(self) -> list[AnyEvent]:
        return await self.effects(*await self.timers.due(10))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def wrote(text: str, sid: str = "SM1") -> CustomerWrote:
    now = datetime.now(UTC)
    return CustomerWrote(
        id=inbound_id(sid), time=now, message_sid=sid, customer=CUSTOMER, business=BUSINESS,
        text=text, received_at=now,
    )  # fmt: skip


async def test_a_customer_gets_one_bot_turn_for_a_burst(desk: Desk) -> None:
    await desk.route(wrote("oi", "SM1"), wrote("vocês abrem domingo?", "SM2"))

    [asked] = await desk.fire()

    assert isinstance(asked, BotRequested)
    assert asked.upto_seq == 2
    [conversation] = await desk.rows(ConversationRow)
    assert (conversation.owner, conversation.turn_state, conversation.seq) == ("bot", "running", 2)


async def test_a_redelivery_publishes_the_same_events_again(desk: Desk) -> None:
    first = await desk.effects(wrote("quero falar com um atendente"))
    again = await desk.effects(wrote("quero falar com um atendente"))

    assert [type(event) for event in first] == [MessageReleased]
    assert again == first
    assert len(await desk.rows(MessageRow)) == 2
