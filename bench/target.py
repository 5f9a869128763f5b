"""What is measured, seen from outside: a floor program, or the product."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bench.cpu import Groups
from bench.inbox import Inbox, Record
from handoff_common.database import Database, table_of
from handoff_common.tables import ConversationRow, MessageRow
from harness.product import Product
from harness.waiting import until


@dataclass
class Target:
    """A floor program: takes webhooks at `url`; its answers, if it gives any, are in `inbox`."""

    name: str
    url: str
    groups: Groups
    """The processes whose time it costs, by name."""
    web: str
    """The group that answers the webhooks."""
    inbox: Inbox = field(default_factory=Inbox)
    findings: list[str] = field(default_factory=list[str])
    """What went wrong; anything makes the run fail."""

    @asynccontextmanager
    async def reading(self, _every: float, /) -> AsyncGenerator[None]:
        """Fill the inbox beside the block, every so many seconds where it has to ask."""
        yield

    async def settle(self, accepted: int, seconds: float) -> None:
        """Wait until nothing is under way any more.

        `accepted`: how many webhooks more than before have been answered 200.
        """


@dataclass
class ProductTarget(Target):
    """The product with its simulator; it rests when its database says that everything has ended."""

    product: Product = field(kw_only=True)
    record: Record = field(init=False)
    accepted: int = 0

    def __post_init__(self) -> None:
        self.record = Record(self.product.simulator_url, self.inbox)
        self._database = Database(self.product.database_url, pool_size=1)

    @asynccontextmanager
    async def reading(self, every: float, /) -> AsyncGenerator[None]:
        async with self.record.reading(every):
            yield

    async def settle(self, accepted: int, seconds: float) -> None:
        self.accepted += accepted
        try:
            await until(self._rests, f"{self.name} to rest", seconds=seconds, every=0.1)
        except AssertionError as error:
            self.findings.append(f"{error}: {await self._state()}")
        await self.record.read()

    async def close(self) -> None:
        await self._database.close()

    async def _rests(self) -> bool:
        state = await self._state()
        return state["missing"] == 0 and not any(
            state[name] for name in ("open", "thinking", "unreported")
        )

    async def _state(self) -> Counter[str]:
        """Count what is under way; `missing` are messages of customers that are nowhere."""
        messages, conversations = table_of(MessageRow), table_of(ConversationRow)
        wrote = messages.c.author == "customer"
        async with self._database.read() as connection:
            found = await connection.execute(
                select(
                    func.count().filter(wrote),
                    func.count().filter(messages.c.open),
                    func.count().filter(~wrote & (messages.c.delivery != "delivered")),
                )
            )
            stored, going, unreported = found.one()
            thinking = await connection.scalar(
                select(func.count())
                .select_from(conversations)
                .where(conversations.c.turn_state != "idle")
            )
        undelivered = (await self.product.customers.requests())["callbacks_undelivered"]
        return Counter(
            missing=self.accepted - stored,
            open=going,
            thinking=thinking or 0,
            unreported=max(0, unreported - undelivered),
        )
