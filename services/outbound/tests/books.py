"""A database with conversations in it, as outbound sees it and as its owner does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from handoff_common import roles
from handoff_common.database import Database, table_of
from handoff_common.events import MessageReleased
from handoff_common.tables import (
    METADATA,
    ContactRow,
    ConversationRow,
    MessageReportRow,
    MessageRow,
    SendRow,
)
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres
from handoff_outbound.adapters.ledger import DatabaseLedger
from handoff_outbound.domain.attempt import Attempt, key_of
from handoff_outbound.domain.claiming import first
from handoff_outbound.domain.sight import Claim, Leave, Settle, Sight, Verdict

from .world import BUSINESS, CUSTOMER, EPOCH, START, TIMING, released

SENDS, CONVERSATIONS = table_of(SendRow), table_of(ConversationRow)


@dataclass
class Books:
    """The database as outbound sees it, and as its owner does."""

    outbound: Database
    owner: Database

    @property
    def ledger(self) -> DatabaseLedger:
        return DatabaseLedger(self.outbound)

    async def opened(self, *, automatic: bool = True, text: str = "Bom dia") -> MessageReleased:
        """Begin a conversation; return the release of the message that holds its window."""
        conversation, message = uuid4(), uuid4()
        contact = ContactRow(id=uuid4(), address=f"whatsapp:+{uuid4().int}", created_at=START)
        row = ConversationRow(
            id=conversation,
            contact_id=contact.id,
            customer=CUSTOMER,
            business=BUSINESS,
            epoch=EPOCH,
            window_id=message,
            created_at=START,
            updated_at=START,
        )
        async with self.owner.write() as connection:
            await connection.execute(table_of(ContactRow).insert().values(contact.model_dump()))
            await connection.execute(CONVERSATIONS.insert().values(row.model_dump()))
        return released(conversation=conversation, message=message, automatic=automatic, text=text)

    async def queued(self, release: MessageReleased, *, at: datetime = START) -> None:
        """Put the message into the timeline, as the router did when the conversation began."""
        row = MessageRow(
            id=release.message_id,
            conversation_id=release.conversation_id,
            seq=1,
            author="bot",
            text=release.text,
            created_at=at,
            status="released",
            open=True,
        )
        async with self.owner.write() as connection:
            await connection.execute(table_of(MessageRow).insert().values(row.model_dump()))

    async def wrote(self, release: MessageReleased, *, at: datetime) -> None:
        """Let the customer have written last at that time."""
        await self._change(release, last_inbound_at=at)

    async def claim(self, release: MessageReleased, claim: UUID | None = None) -> Verdict:
        choose = partial(first, release=release, claim=claim or uuid4(), timing=TIMING)
        return await self.ledger.decide(key_of(release), choose)

    async def claimed(self, release: MessageReleased) -> Attempt:
        verdict = await self.claim(release)
        assert isinstance(verdict, Claim)
        return verdict.attempt

    async def look(self, release: MessageReleased, *, listed: tuple[str, ...] = ()) -> Sight:
        seen: list[Sight] = []

        def only_look(sight: Sight) -> Verdict:
            seen.append(sight)
            return Leave()

        await self.ledger.decide(key_of(release), only_look, listed=listed)
        return seen[0]

    async def settle(self, attempt: Attempt) -> None:
        await self.ledger.decide(attempt.key, lambda _: Settle(attempt))

    async def report(self, release: MessageReleased, sid: str) -> None:
        row = MessageReportRow(
            message_id=release.message_id,
            attempt=release.attempt,
            message_sid=sid,
            status="sent",
            reported_at=START,
        )
        async with self.owner.write() as connection:
            await connection.execute(table_of(MessageReportRow).insert().values(row.model_dump()))

    async def hold(self, release: MessageReleased) -> None:
        """Give the window to a message."""
        await self._change(release, window_id=release.message_id)

    async def _change(self, release: MessageReleased, **values: object) -> None:
        of_release = CONVERSATIONS.c.id == release.conversation_id
        async with self.owner.write() as connection:
            await connection.execute(update(CONVERSATIONS).where(of_release).values(values))

    async def errands(self) -> set[UUID]:
        return {errand.key.message_id for errand in await self.ledger.errands(1000)}

    async def take_over(self, release: MessageReleased) -> bool:
        """Do as the router does; return whether its look at the ledger saw an open attempt."""
        async with self.owner.write() as connection:
            await connection.execute(
                select(CONVERSATIONS.c.id)
                .where(CONVERSATIONS.c.id == release.conversation_id)
                .with_for_update()
            )
            await connection.execute(
                update(CONVERSATIONS)
                .where(CONVERSATIONS.c.id == release.conversation_id)
                .values(epoch=EPOCH + 1)
            )
            state = await connection.scalar(
                select(SENDS.c.state).where(SENDS.c.message_id == release.message_id)
            )
        return state == "submitting"


@asynccontextmanager
async def sqlite_books(folder: Path) -> AsyncGenerator[Books]:
    database = Database(f"sqlite:///{folder}/handoff.db")
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    yield Books(database, database)
    await database.close()


@asynccontextmanager
async def postgres_books(postgres: Postgres) -> AsyncGenerator[Books]:
    """As outbound's own role, which may lock a conversation and change nothing in it."""
    run = uuid4().hex[:8]
    url = await migrated_database(postgres, f"outbound_{run}")
    login = f"handoff_test_outbound_{run}"
    await roles.create_login(url, "outbound", login, "secret")
    own = make_url(url).set(username=login, password="secret")
    owner = Database(url)
    outbound = Database(own.render_as_string(hide_password=False))
    yield Books(outbound, owner)
    await outbound.close()
    async with owner.write() as connection:
        await connection.exec_driver_sql(f"DROP ROLE {login}")
    await owner.close()
    await postgres.drop_database(f"outbound_{run}")
