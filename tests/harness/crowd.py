"""A shop with many customers: conversations put straight into the database of a product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from handoff_common.database import Database, table_of
from handoff_common.tables import ContactRow, ConversationRow, MessageRow
from harness.product import BUSINESS

_TOGETHER = 500
_WORDS = ("oi, queria saber", "se o bolo de cenoura", "fica pronto até sábado", "e quanto custa")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Conversations of the bot's, a minute apart, each with as many messages, the last just now."""

    conversations: int = 10_000
    messages: int = 30

    async def enter(self, database_url: str) -> None:
        """Write them all. The database must be at this release's schema."""
        database = Database(database_url)
        try:
            for first in range(0, self.conversations, _TOGETHER):
                last = min(first + _TOGETHER, self.conversations)
                await _write(database, [self._rows(number) for number in range(first, last)])
        finally:
            await database.close()

    def name(self, number: int) -> str:
        """Return the name of the customer who wrote as the `number`-th last."""
        return f"Cliente {number:05}"

    def _rows(self, number: int) -> "_Rows":
        now = datetime.now(UTC) - timedelta(minutes=number)
        contact, conversation = uuid4(), uuid4()
        address = f"whatsapp:+5531{number:09}"
        messages = list(_messages(self.messages, now))
        return _Rows(
            {
                "id": contact,
                "address": address,
                "profile_name": self.name(number),
                "created_at": now,
            },
            {
                "id": conversation,
                "contact_id": contact,
                "customer": address,
                "business": BUSINESS,
                "seq": len(messages),
                "version": 1,
                "last_inbound_at": now,
                "preview": messages[-1]["text"],
                "created_at": now,
                "updated_at": now,
            },
            [{**message, "conversation_id": conversation} for message in messages],
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    contact: Mapping[str, Any]
    conversation: Mapping[str, Any]
    messages: Sequence[Mapping[str, Any]]


def _messages(count: int, last: datetime) -> Iterator[dict[str, Any]]:
    """Yield questions and answers in turn, of different lengths."""
    for seq in range(1, count + 1):
        asked = seq % 2 == 1
        yield {
            "id": uuid4(),
            "seq": seq,
            "author": "customer" if asked else "bot",
            "automatic": not asked,
            "text": " ".join(_WORDS[: 1 + seq % len(_WORDS)]),
            "created_at": last - timedelta(seconds=count - seq),
            "status": "received" if asked else "accepted",
            "delivery": "" if asked else "delivered",
        }


async def _write(database: Database, rows: Sequence[_Rows]) -> None:
    async with database.write() as connection:
        await connection.execute(insert(table_of(ContactRow)), [row.contact for row in rows])
        await connection.execute(
            insert(table_of(ConversationRow)), [row.conversation for row in rows]
        )
        every = [message for row in rows for message in row.messages]
        await connection.execute(insert(table_of(MessageRow)), every)
