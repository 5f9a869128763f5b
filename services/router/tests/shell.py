"""The router with a real database, driven event by event; outbound is played."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, update

from handoff_common.database import Database, table_of
from handoff_common.events import (
    AnyEvent,
    BotReplied,
    BotRequested,
    ClaimRequested,
    CustomerWrote,
    DoubtDecided,
    MessageAccepted,
    MessageDoubtful,
    MessageReleased,
    ReplyRequested,
)
from handoff_common.ids import inbound_id
from handoff_common.messaging.handling import Handled
from handoff_common.tables import ConversationRow, HandoffRow, MessageRow, SendRow
from handoff_router.adapters.conversations import DatabaseConversations
from handoff_router.adapters.timers import DatabaseTimers
from handoff_router.domain.conversation import RouterInput
from handoff_router.domain.policy import Policy
from handoff_router.handlers.routing import route

CUSTOMER, BUSINESS = "whatsapp:+5511999990001", "whatsapp:+551130000000"
HELENA, RUI = UUID(int=1), UUID(int=2)


class Shell:
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

    async def releases(self, *events: RouterInput) -> list[MessageReleased]:
        effects = await self.effects(*events)
        return [effect for effect in effects if isinstance(effect, MessageReleased)]

    async def rows(
        self, model: type[ConversationRow | MessageRow | HandoffRow]
    ) -> Sequence[Row[Any]]:
        async with self.database.read() as connection:
            return (await connection.execute(select(model))).all()

    async def fire(self) -> list[AnyEvent]:
        return await self.effects(*await self.timers.due(10))


def wrote(text: str, sid: str = "SM1") -> CustomerWrote:
    now = datetime.now(UTC)
    return CustomerWrote(
        id=inbound_id(sid), time=now, message_sid=sid, customer=CUSTOMER, business=BUSINESS,
        text=text, received_at=now,
    )  # fmt: skip


def envelope(conversation: UUID) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "id": uuid4(), "time": now, "conversation_id": conversation, "operator_id": HELENA,
        "epoch_seen": 0, "expires_at": now + timedelta(seconds=30), "digest": uuid4().hex,
    }  # fmt: skip


def about(release: MessageReleased) -> dict[str, object]:
    return {
        "id": uuid4(), "time": datetime.now(UTC), "conversation_id": release.conversation_id,
        "message_id": release.message_id, "attempt": release.attempt,
    }  # fmt: skip


async def record(shell: Shell, release: MessageReleased, state: str, *, age: float = 0) -> None:
    """Play outbound: write an attempt's state into the ledger."""
    table, claimed = table_of(SendRow), datetime.now(UTC) - timedelta(seconds=age)
    row = SendRow(
        message_id=release.message_id, attempt=release.attempt, epoch=release.epoch,
        conversation_id=release.conversation_id, automatic=release.automatic, customer=CUSTOMER,
        business=BUSINESS, text="", state=state, claim=uuid4(), claimed_at=claimed,
        created_at=claimed, updated_at=claimed,
    )  # fmt: skip
    mine = (table.c.message_id == row.message_id) & (table.c.attempt == row.attempt)
    async with shell.database.write() as connection:
        changed = await connection.execute(update(table).where(mine).values(state=state))
        if not changed.rowcount:
            await connection.execute(table.insert().values(row.model_dump()))


async def release_of_bot(shell: Shell) -> MessageReleased:
    await shell.route(wrote("oi"))
    [asked] = await shell.fire()
    assert isinstance(asked, BotRequested)
    fields = {"id": uuid4(), "time": asked.time, "conversation_id": asked.conversation_id}
    reply = BotReplied.model_validate(
        fields | {"epoch": asked.epoch, "turn": asked.turn, "text": "resposta"}
    )
    [release] = await shell.effects(reply)
    assert isinstance(release, MessageReleased)
    return release


async def doubtful_reply(shell: Shell) -> MessageReleased:
    """Return a reply of Helena's of which nobody knows whether it arrived, checks over."""
    [handoff] = await shell.releases(wrote("quero falar com um atendente"))
    await record(shell, handoff, "accepted")
    await shell.route(MessageAccepted.model_validate(about(handoff) | {"message_sid": "SMx"}))
    conversation = handoff.conversation_id
    await shell.route(ClaimRequested.model_validate(envelope(conversation)))
    reply = envelope(conversation) | {"text": "um", "seq_seen": 0}
    [release] = await shell.releases(ReplyRequested.model_validate(reply))
    await record(shell, release, "unknown", age=200)
    await shell.route(MessageDoubtful.model_validate(about(release) | {"last": True}))
    return release


async def status_of(shell: Shell, message: UUID) -> str:
    return {row.id: row.status for row in await shell.rows(MessageRow)}[message]


async def routed(shell: Shell, *events: RouterInput, together: bool) -> list[Handled]:
    if together:
        return [*await shell.route(*events)]
    return [handled for event in events for handled in await shell.route(event)]


def resend(release: MessageReleased) -> DoubtDecided:
    fields = envelope(release.conversation_id) | {"message_id": release.message_id, "resend": True}
    return DoubtDecided.model_validate(fields)
