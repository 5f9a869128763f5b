"""A consumer on a scripted broker: its deliveries, and a handler that remembers."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from handoff_common.events import BotReplied, BotRequested
from handoff_common.messaging.broker import Delivery
from handoff_common.messaging.consumer import Consumer
from handoff_common.messaging.handling import Handled, Intake
from handoff_common.testing.scripted import ScriptedBroker

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUEUE = "bot.turns"
PRIVATE = "meu-cartao-4111"
"""What no log may hold."""
Fault = Exception | None


def event(number: int) -> BotRequested:
    return BotRequested(
        id=UUID(int=number), time=NOW, conversation_id=UUID(int=1), epoch=0, turn=1, upto_seq=1
    )


def effect(number: int, text: str = "oi") -> BotReplied:
    """Return what follows from event `number`: its id is ten times that."""
    return BotReplied(
        id=UUID(int=number * 10),
        time=NOW,
        conversation_id=UUID(int=1),
        epoch=0,
        turn=1,
        text=text,
    )


def delivery(
    number: int, *, attempt: int = 0, redelivered: bool = False, reply_to: str = ""
) -> Delivery:
    return Delivery(
        tag=number,
        queue=QUEUE,
        type="bot.requested.v1",
        body=event(number).model_dump_json().encode(),
        attempt=attempt,
        redelivered=redelivered,
        reply_to=reply_to,
    )


def unreadable(number: int) -> Delivery:
    return Delivery(number, QUEUE, "bot.requested.v1", f'{{"id": "{PRIVATE}"}}'.encode())


class Recorder:
    """A handler that remembers its batches, and a record of starts."""

    def __init__(self, broker: ScriptedBroker) -> None:
        self.broker = broker
        self.batches: list[list[int]] = []
        self.faults: dict[int, list[Fault]] = {}
        self.starts: Counter[int] = Counter()
        self.starts_faults: list[Fault] = []
        self.outcomes: dict[int, Handled] = {}

    async def handle(self, events: Sequence[BotRequested]) -> Sequence[Handled]:
        numbers = [each.id.int for each in events]
        self.batches.append(numbers)
        self.broker.wake()
        await self.broker.perform("handle", *numbers)
        for number in numbers:
            planned = self.faults.get(number)
            fault = planned.pop(0) if planned else None
            if fault is not None:
                raise fault
        return [self.outcomes.get(n, Handled(effects=[effect(n)])) for n in numbers]

    async def begin_first(self, queue: str, event_ids: Sequence[UUID]) -> Collection[UUID]:
        self._fail_to_begin()
        first = [each for each in event_ids if not self.starts[each.int]]
        self.starts.update(each.int for each in first)
        await self.broker.perform("first", queue, *(each.int for each in first))
        return set(first)

    async def begin(self, queue: str, event_id: UUID) -> int:
        self._fail_to_begin()
        self.starts[event_id.int] += 1
        await self.broker.perform("begin", queue, event_id.int)
        return self.starts[event_id.int]

    async def end(self, queue: str, event_ids: Sequence[UUID]) -> None:
        for each in event_ids:
            del self.starts[each.int]
        await self.broker.perform("end", queue, *(each.int for each in event_ids))

    def _fail_to_begin(self) -> None:
        fault = self.starts_faults.pop(0) if self.starts_faults else None
        if fault is not None:
            raise fault


@asynccontextmanager
async def consuming(
    recorder: Recorder, *, batch: int = 1, workers: int = 1, retries: int = 8
) -> AsyncGenerator[Consumer[BotRequested]]:
    intake = Intake(QUEUE, batch=batch, workers=workers, retries=retries)
    schema = TypeAdapter(BotRequested)
    consumer = Consumer(recorder.broker, intake, schema, recorder.handle, recorder)
    running = asyncio.create_task(consumer.run())
    try:
        yield consumer
        consumer.stop()
        await asyncio.wait_for(running, 5)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def consume(
    recorder: Recorder,
    *deliveries: Delivery,
    until: str,
    batch: int = 1,
    retries: int = 8,
) -> list[str]:
    """Consume until something is in the journal; return the journal without the subscribing."""
    recorder.broker.give(*deliveries)
    async with consuming(recorder, batch=batch, retries=retries):
        await recorder.broker.asked(until)
    return [entry for entry in recorder.broker.journal if not entry.startswith("subscribe")]
