"""How far Twilio's list of inbound messages has been read: by the machine's clock, as Twilio's."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from handoff_common.database import Database
from handoff_common.tables import MessageRow, WatermarkRow


class DatabaseWatermarks:
    """Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def ahead(self) -> timedelta:
        """How far the business's time is ahead of Twilio's."""
        return self._database.ahead

    async def begin(self, business: str) -> tuple[datetime, datetime]:
        """Return how far the number's list has been read, and the time.

        At first both are now: what came before us was somebody else's to answer.
        """
        async with self._database.write() as connection:
            now = await self._database.machine_now(connection)
            insert = self._database.insert_new(WatermarkRow)
            await connection.execute(insert.values(business=business, read_until=now))
            until = await connection.scalar(
                select(col(WatermarkRow.read_until)).where(col(WatermarkRow.business) == business)
            )
        return until or now, now

    async def unknown(self, sids: Collection[str]) -> set[str]:
        """Return those that no message has."""
        async with self._database.read() as connection:
            found = await connection.scalars(
                select(col(MessageRow.message_sid)).where(
                    col(MessageRow.message_sid).in_(sorted(sids))
                )
            )
            return set(sids) - set(found)

    async def move(self, business: str, until: datetime) -> None:
        """Remember how far the list has been read; never backwards."""
        async with self._database.write() as connection:
            await connection.execute(
                update(WatermarkRow)
                .where(col(WatermarkRow.business) == business, col(WatermarkRow.read_until) < until)
                .values(read_until=until)
            )
