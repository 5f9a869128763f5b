"""The embedded broker's tables. They exist on SQLite only.

An event waits in one table, is put off in the second and lies dead in the third; moving it is one
transaction. So the table of those that wait is a plain FIFO by `number`, which only ever grows.
"""

from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from handoff_common.database import Database, table_of
from handoff_common.tables.base import METADATA, Published, Writer


class QueuedEvent(SQLModel):
    """One event for one queue."""

    number: int | None = Field(default=None, primary_key=True)
    queue: str
    event_id: str
    type: str
    body: bytes
    attempt: int = 0
    reply_to: str = ""
    correlation: str = ""


class WaitingRow(QueuedEvent, Published, table=True):
    """Waits for a consumer, or is held by one."""

    table_name: ClassVar[str] = "embedded_waiting"
    # AUTOINCREMENT: a number is never used twice, or the mark would lie about the second event.
    __table_args__ = (
        Index("ix_embedded_waiting_queue", "queue", "number"),
        {"sqlite_autoincrement": True},
    )
    writer: ClassVar[Writer] = "embedded"


class DelayedRow(QueuedEvent, Published, table=True):
    """Was put off until `due_ms` (Unix time)."""

    table_name: ClassVar[str] = "embedded_delayed"
    __table_args__ = (Index("ix_embedded_delayed_due", "due_ms"),)
    writer: ClassVar[Writer] = "embedded"

    due_ms: int


class DeadRow(QueuedEvent, Published, table=True):
    """Is for a person to look at."""

    table_name: ClassVar[str] = "embedded_dead"
    __table_args__ = (Index("ix_embedded_dead_queue", "queue", "number"),)
    writer: ClassVar[Writer] = "embedded"

    reason: str
    died_ms: int


class MarkRow(Published, table=True):
    """Up to which number a queue's events may have been handed out before."""

    table_name: ClassVar[str] = "embedded_marks"
    writer: ClassVar[Writer] = "embedded"

    queue: str = Field(primary_key=True)
    delivered_to: int


WAITING, DELAYED, DEAD, MARKS = (
    table_of(row) for row in (WaitingRow, DelayedRow, DeadRow, MarkRow)
)
EMBEDDED_TABLES = (WAITING, DELAYED, DEAD, MARKS)


async def create_tables(database: Database) -> None:
    """Create what the migrations create, in a database that has none of it."""
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all, tables=EMBEDDED_TABLES)
