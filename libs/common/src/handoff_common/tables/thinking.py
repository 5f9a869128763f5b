"""The bot's bookkeeping."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from handoff_common.tables.base import Published, Writer


class BotStartRow(Published, table=True):
    """A redelivered turn that was started and has not ended."""

    table_name: ClassVar[str] = "bot_starts"
    writer: ClassVar[Writer] = "bot"

    event_id: UUID = Field(primary_key=True)
    queue: str = Field(primary_key=True, max_length=40)
    count: int
    started_at: datetime
