"""What a turn shows of the router's tables, and the whole service over SQLite."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from pydantic import ValidationError
from sqlalchemy import insert

from handoff_bot.adapters.knowledge import load_knowledge
from handoff_bot.adapters.transcripts import BACKGROUND, DatabaseTranscripts
from handoff_bot.app import service
from handoff_bot.domain.brief import Remark
from handoff_bot.domain.turn import Line, Turn
from handoff_common.database import Database, table_of
from handoff_common.events import EVENT, BotReplied, BotRequested, HandoffBriefed, HandoffOpened
from handoff_common.ids import derived_id, fresh_id
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.topology import BOT_BRIEFS, BOT_TURNS, ROUTER_EVENTS
from handoff_common.schema import upgrade
from handoff_common.tables import ContactRow, ConversationRow, MessageRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONVERSATION = UUID("0190a1b2-0000-7000-8000-000000000001")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    url = f"sqlite:///{tmp_path}/handoff.db"
    await upgrade(url)
    opened = Database(url)
    yield opened
    await opened.close()


async def store(
    database: Database, *said: tuple[str, str], answered: int = 0, episode: int = 0
) -> None:
    """Store a conversation; what was said is numbered from 1. `lost:bot` was never seen."""
    contact = ContactRow(id=fresh_id(), address="whatsapp:BR.x", created_at=NOW)
    conversation = ConversationRow(
        id=CONVERSATION,
        contact_id=contact.id,
        customer=contact.address,
        business="whatsapp:+1",
        turn_upto=answered,
        note="decidido",
        note_seq=episode,
        created_at=NOW,
        updated_at=NOW,
    )
    rows: list[ContactRow | ConversationRow | MessageRow] = [contact, conversation]
    for seq, (author, text) in enumerate(said, start=1):
        status, _, name = author.rpartition(":")
        media: dict[str, Any] = {"media": [{"url": "https://x", "content_type": "image/png"}]}
        rows.append(
            MessageRow(
                id=fresh_id(),
                conversation_id=CONVERSATION,
                seq=seq,
                author=name,
                text=text,
                content=None if text else media,
                created_at=NOW,
                status={"lost": "superseded"}.get(status, "accepted"),
            )
        )
    async with database.write() as connection:
        for row in rows:
            await connection.execute(insert(table_of(type(row))).values(**row.model_dump()))


async def shown(database: Database, upto_seq: int) -> Turn:
    return await DatabaseTranscripts(database).turn(CONVERSATION, upto_seq=upto_seq)


async def test_a_first_burst_is_new_and_the_bot_has_not_introduced_itself(
    database: Database,
) -> None:
    await store(database, ("customer", "oi"), ("customer", ""), ("customer", "later"))
    assert await shown(database, 2) == Turn(
        new=(Line("customer", "oi"), Line("customer", "", attached=True)),
        note="decidido",
        introduced=False,
    )


async def test_a_later_burst_has_what_was_said_before_it(database: Database) -> None:
    await store(
        database,
        ("customer", "oi"),
        ("bot", "Olá!"),
        ("customer", "pix?"),
        ("system", "aviso"),
        ("customer", "e cartão?"),
        ("bot", "later"),
        answered=1,
    )
    turn = await shown(database, 5)
    assert turn.new == (Line("customer", "pix?"), Line("customer", "e cartão?"))
    assert turn.before == (Line("customer", "oi"), Line("bot", "Olá!"), Line("system", "aviso"))
    assert turn.introduced


async def test_what_came_before_the_hand_back_is_another_episode(database: Database) -> None:
    await store(
        database,
        ("bot", "Olá!"),
        ("operator", "Sou a Helena"),
        ("customer", "obrigado"),
        ("customer", "oi de novo"),
        answered=3,
        episode=3,
    )
    turn = await shown(database, 4)
    assert (turn.new, turn.before) == ((Line("customer", "oi de novo"),), ())
    assert (turn.note, turn.introduced) == ("decidido", True)


async def test_what_the_customer_never_saw_was_not_said(database: Database) -> None:
    await store(database, ("customer", "oi"), ("lost:bot", "Olá!"), ("customer", "e aí?"))
    turn = await shown(database, 3)
    assert (turn.before, turn.introduced) == ((), False)


async def test_only_the_end_of_a_long_episode_is_shown(database: Database) -> None:
    lines = [("operator", f"linha {number}") for number in range(BACKGROUND + 5)]
    await store(database, *lines, ("customer", "oi"))
    turn = await shown(database, len(lines) + 1)
    assert len(turn.before) == BACKGROUND
    assert turn.before[-1] == Line("operator", lines[-1][1])
    assert turn.new == (Line("customer", "oi"),)


async def test_an_episode_ends_where_the_handoff_opened_whatever_came_later(
    database: Database,
) -> None:
    await store(
        database,
        ("customer", "de antes"),
        ("customer", "cadê?"),
        ("lost:bot", "nunca vista"),
        ("bot", "Já vejo."),
        ("customer", ""),
        ("operator", "depois"),
        episode=6,
    )
    transcripts = DatabaseTranscripts(database)
    assert await transcripts.episode(CONVERSATION, since_seq=1, upto_seq=5) == [
        Remark(2, "customer", "cadê?"),
        Remark(4, "bot", "Já vejo."),
        Remark(5, "customer", "", attached=True),
    ]


async def test_a_conversation_that_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError):
        await shown(database, 1)


async def test_a_request_on_the_queue_is_answered_from_the_knowledge_base(
    database: Database,
) -> None:
    await store(database, ("customer", "oi, vocês abrem domingo?"))
    request = BotRequested(
        id=fresh_id(), time=NOW, conversation_id=CONVERSATION, epoch=0, turn=1, upto_seq=1
    )
    broker = EmbeddedBroker(database)
    async with service(broker=broker, database=database) as app:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
            assert (await http.get("/readyz")).json() == {"status": "ok", "away": []}
        await broker.publish([request])
        async with broker.subscribe(ROUTER_EVENTS, prefetch=1) as subscription:
            delivery = await asyncio.wait_for(subscription.next(), 10)
            assert delivery is not None
            await subscription.ack(delivery.tag)
    assert await broker.depth(BOT_TURNS) == 0
    await broker.close()
    event = EVENT.validate_json(delivery.body)
    assert isinstance(event, BotReplied)
    assert event.id == derived_id(request.id, "bot.replied.v1")
    assert event.sources == ("domingo",)
    assert "robô" in event.text
    assert event.text.endswith("Aos domingos abrimos das 7h às 13h.")


async def test_a_handoff_on_the_queue_gets_its_brief(database: Database) -> None:
    await store(database, ("customer", "quero falar com um atendente sobre o pedido 4127"))
    opened = HandoffOpened(
        id=fresh_id(), time=NOW, conversation_id=CONVERSATION, handoff_id=fresh_id(),
        reason="customer_request", since_seq=0, upto_seq=1,
    )  # fmt: skip
    broker = EmbeddedBroker(database)
    bodies: list[bytes] = []
    async with service(broker=broker, database=database):
        await broker.publish([opened, opened])
        async with broker.subscribe(ROUTER_EVENTS, prefetch=2) as subscription:
            for _ in range(2):
                delivery = await asyncio.wait_for(subscription.next(), 10)
                assert delivery is not None
                bodies.append(delivery.body)
                await subscription.ack(delivery.tag)
    assert await broker.depth(BOT_BRIEFS) == 0
    await broker.close()
    event = EVENT.validate_json(bodies[0])
    assert isinstance(event, HandoffBriefed)
    assert event == EVENT.validate_json(bodies[1])
    assert event.id == derived_id(opened.id, "handoff.briefed.v1")
    assert event.handoff_id == opened.handoff_id
    assert [fact.value for fact in event.brief.facts] == ["4127"]


def test_a_business_brings_its_own_knowledge(tmp_path: Path) -> None:
    book = tmp_path / "loja.json"
    entry = '{"id": "pix", "question": "Aceita Pix?", "answer": "Sim.", "variants": ["Tem Pix?"]}'
    book.write_text(f'{{"business": "Loja", "entries": [{entry}]}}')
    knowledge = load_knowledge(book)
    assert knowledge.business == "Loja"
    assert knowledge.entry("pix").answer == "Sim."
    book.write_text(f'{{"business": "Loja", "entries": [{entry}, {entry}]}}')
    with pytest.raises(ValueError, match="same id"):
        load_knowledge(book)
    book.write_text('{"business": "Loja"}')
    with pytest.raises(ValidationError):
        load_knowledge(book)
