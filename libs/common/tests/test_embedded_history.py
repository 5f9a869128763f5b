"""Whatever happens to the embedded broker, it keeps account of every event that it confirmed."""

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_common.database import Database
from handoff_common.messaging.broker import Delivery, Subscription
from handoff_common.messaging.embedded import EmbeddedBroker, create_tables
from handoff_common.messaging.topology import Topology
from handoff_common.testing.brokers import id_of, releases

TOPOLOGY = Topology(
    queues={"alpha": ("message.released.v1",)},
    retry_delays=(timedelta(0), timedelta(milliseconds=3)),
)
Step: TypeAlias = Literal[
    "publish", "take", "ack", "ack_all_before", "retry", "bury", "copy_and_die", "replay", "leave",
    "die",
]  # fmt: skip
STEPS = st.sampled_from(Step.__args__)


class History:
    """A broker, what was done to it, and where each event must be now."""

    def __init__(self, folder: Path) -> None:
        self._url = f"sqlite:///{folder}/queue.db"
        self._life = AsyncExitStack()
        self._held: list[Delivery] = []
        self._started: set[UUID] = set()
        self.there: Counter[UUID] = Counter()
        self.dead: Counter[UUID] = Counter()

    async def live(self) -> None:
        database = Database(self._url)
        self._life.push_async_callback(database.close)
        await create_tables(database)
        self._broker = EmbeddedBroker(database, TOPOLOGY, ahead=3)
        self._life.push_async_callback(self._broker.close)
        await self._subscribe()

    async def _subscribe(self) -> None:
        self._visit = AsyncExitStack()
        self._subscription: Subscription = await self._visit.enter_async_context(
            self._broker.subscribe("alpha", prefetch=4)
        )

    async def leave(self) -> None:
        await self._visit.aclose()
        self._held.clear()
        await self._subscribe()

    async def die(self) -> None:
        """Do nothing more to the file: what a kill leaves behind too."""
        await self._visit.aclose()
        await self._life.aclose()
        self._held.clear()
        await self.live()

    async def publish(self, count: int) -> None:
        events = releases(count)
        await self._broker.publish(events)
        self.there.update(event.id for event in events)

    async def take(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                delivery = await self._subscription.next()
        except TimeoutError:
            return False
        assert delivery is not None
        event_id = id_of(delivery.body)
        assert self.there[event_id], "handed out though it was settled"
        assert delivery.redelivered or event_id not in self._started
        self._started.add(event_id)
        self._held.append(delivery)
        return True

    async def ack(self, index: int, *, multiple: bool = False) -> None:
        await self._subscription.ack(self._held[index].tag, multiple=multiple)
        first = 0 if multiple else index
        for delivery in self._held[first : index + 1]:
            self.there[id_of(delivery.body)] -= 1
        del self._held[first : index + 1]

    async def copy(self, index: int, *, dead: bool) -> None:
        delivery = self._held[index]
        event_id = id_of(delivery.body)
        if dead:
            await self._subscription.bury(delivery, "bug")
            self.dead[event_id] += 1
        else:
            await self._subscription.retry(delivery)
            self.there[event_id] += 1
        self._started.discard(event_id)  # the copy starts anew

    async def replay(self) -> None:
        assert await self._broker.replay("alpha") == self.dead.total()
        self.there.update(self.dead)
        self._started -= set(self.dead)
        self.dead.clear()

    async def step(self, step: Step, number: int) -> None:
        index = number % len(self._held) if self._held else None
        match step:
            case "publish":
                await self.publish(number)
            case "take":
                await self.take(0.05 if len(self._held) < 4 else 0)
            case "replay":
                await self.replay()
            case "leave":
                await self.leave()
            case "die":
                await self.die()
            case _ if index is None:
                pass
            case "ack" | "ack_all_before":
                await self.ack(index, multiple=step == "ack_all_before")
            case "retry" | "bury":
                await self.copy(index, dead=step == "bury")
                await self.ack(index)
            case "copy_and_die":
                await self.copy(index, dead=bool(number % 2))
                await self.die()

    async def audit(self) -> None:
        """Everything confirmed is settled, dead, or still there: as often as it must be."""
        await self.die()
        letters = await self._broker.dead_letters("alpha", limit=1000)
        assert Counter(UUID(letter.id) for letter in letters) == self.dead
        async with asyncio.timeout(20):
            while self.there.total():
                assert await self.take(10)
                await self.ack(0)
        assert await self._broker.depth("alpha") == 0
        await self._visit.aclose()
        await self._life.aclose()


@given(st.lists(st.tuples(STEPS, st.integers(1, 6)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_every_confirmed_event_is_settled_dead_or_still_there(
    steps: list[tuple[Step, int]],
) -> None:
    async def scenario() -> None:
        with tempfile.TemporaryDirectory() as folder:
            history = History(Path(folder))
            await history.live()
            await history.publish(3)
            for step, number in steps:
                await history.step(step, number)
            await history.audit()

    asyncio.run(scenario())
