"""What tests of brokers need: events, a topology, and houses where each kind of broker lives."""

import asyncio
import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from handoff_common.database import Database
from handoff_common.errors import AwayError
from handoff_common.events import (
    EVENT,
    BaseEvent,
    ClaimRequested,
    CommandAnswered,
    ConversationChanged,
    MessageReleased,
    TimerFired,
)
from handoff_common.ids import fresh_id
from handoff_common.messaging.broker import Broker, Delivery, Subscription
from handoff_common.messaging.embedded import EmbeddedBroker, create_tables
from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.messaging.topology import Topology

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DELAYS = (timedelta(milliseconds=200), timedelta(milliseconds=600))
TOPOLOGY = Topology(
    queues={
        "alpha": ("timer.fired.v1", "message.released.v1"),
        "beta": ("timer.fired.v1", "command.claim.v1"),
    },
    retry_delays=DELAYS,
)


def timer() -> TimerFired:
    return TimerFired(
        id=fresh_id(), time=NOW, conversation_id=fresh_id(), kind="pause", generation=1
    )


def release() -> MessageReleased:
    return MessageReleased(
        id=fresh_id(),
        time=NOW,
        conversation_id=fresh_id(),
        message_id=fresh_id(),
        attempt=1,
        epoch=1,
        automatic=True,
        customer="whatsapp:+5511987654321",
        business="whatsapp:+551130000000",
        text="Olá",
    )


def releases(count: int) -> list[MessageReleased]:
    return [release() for _ in range(count)]


def claim() -> ClaimRequested:
    return ClaimRequested(
        id=fresh_id(),
        time=NOW,
        conversation_id=fresh_id(),
        operator_id=fresh_id(),
        epoch_seen=1,
        expires_at=NOW,
        digest="d",
    )


def changed() -> ConversationChanged:
    return ConversationChanged(
        id=fresh_id(), time=NOW, conversation_id=fresh_id(), version=1, owner="bot"
    )


def answer_to(command: UUID) -> CommandAnswered:
    return CommandAnswered(
        id=fresh_id(), time=NOW, command_id=command, conversation_id=fresh_id(), accepted=True
    )


async def answered(command: ClaimRequested, *, asking: Broker, serving: Broker) -> CommandAnswered:
    """Ask from one process and answer from another, or the same; return the answer."""

    async def serve() -> None:
        async with serving.subscribe("beta", prefetch=1) as beta:
            [delivery] = await take(beta)
            await serving.reply(delivery, answer_to(id_of(delivery.body)))
            await beta.ack(delivery.tag)

    server = asyncio.create_task(serve())
    answer = await asking.request(command, timeout=timedelta(seconds=10))
    await server
    if answer is None:
        raise TimeoutError("no answer")
    return CommandAnswered.model_validate_json(answer)


def id_of(body: bytes) -> UUID:
    return EVENT.validate_json(body).id


def ids(events: Sequence[BaseEvent]) -> set[UUID]:
    return {event.id for event in events}


async def take(subscription: Subscription, count: int = 1) -> list[Delivery]:
    taken: list[Delivery] = []
    async with asyncio.timeout(10):
        while len(taken) < count:
            delivery = await subscription.next()
            if delivery is None:
                raise EOFError("the subscription was stopped")
            taken.append(delivery)
    return taken


async def nothing_comes(subscription: Subscription) -> bool:
    try:
        async with asyncio.timeout(0.3):
            await subscription.next()
    except TimeoutError:
        return True
    return False


async def until(read: Callable[[], Coroutine[object, object, int]], value: int) -> None:
    """Wait until a figure that lags behind has reached its value."""
    deadline = time.monotonic() + 10
    while (found := await read()) != value:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found}, not {value}")
        await asyncio.sleep(0.02)


class House(ABC):
    """Where one kind of broker lives; each `broker` of it is like another process."""

    def __init__(self, topology: Topology = TOPOLOGY) -> None:
        self.topology = topology
        self._opened: list[Callable[[], Coroutine[object, object, None]]] = []

    @abstractmethod
    async def broker(self) -> Broker: ...

    @abstractmethod
    def address(self) -> tuple[str, str]:
        """Return the kind and the URL for another process."""

    async def process(self, role: str) -> asyncio.subprocess.Process:
        """Start `broker_process` to publish, or to hold what it gets from the queue of a name."""
        queues = json.dumps({name: list(types) for name, types in self.topology.queues.items()})
        program = "handoff_common.testing.broker_process"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", program, *self.address(), queues, role),
            stdout=asyncio.subprocess.PIPE,
        )
        self._opened.append(lambda: _end(process))
        return process

    async def close(self) -> None:
        for close in reversed(self._opened):
            await close()


class EmbeddedHouse(House):
    def __init__(self, folder: Path, topology: Topology = TOPOLOGY) -> None:
        super().__init__(topology)
        self.url = f"sqlite:///{folder}/queue.db"

    def address(self) -> tuple[str, str]:
        return "embedded", self.url

    async def broker(self) -> EmbeddedBroker:
        database = Database(self.url)
        self._opened.append(database.close)
        await create_tables(database)
        broker = EmbeddedBroker(database, self.topology)
        self._opened.append(broker.close)
        return broker


class RabbitHouse(House):
    def __init__(self, url: str, topology: Topology = TOPOLOGY) -> None:
        super().__init__(topology)
        self.url = url

    def address(self) -> tuple[str, str]:
        return "rabbit", self.url

    async def broker(self) -> RabbitBroker:
        broker = RabbitBroker(self.url, self.topology)
        self._opened.append(broker.close)
        await broker.declare()
        return broker


async def heard_until_killed(process: asyncio.subprocess.Process, count: int) -> list[UUID]:
    """Kill a process after it told so many ids; return all that it told."""
    if process.stdout is None:
        raise ValueError("not listening")
    told: list[bytes] = []
    async with asyncio.timeout(60):
        while len(told) < count:
            told.append(await process.stdout.readline())
        with suppress(ProcessLookupError):  # it may have ended by itself: its broker is gone
            process.kill()
        told += (await process.stdout.read()).splitlines(keepends=True)
        await process.wait()
    return [UUID(line.decode().strip()) for line in told if line.endswith(b"\n")]


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it with its pipe, also where the test failed: what is left would fail a later one."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.communicate()


async def works(broker: RabbitBroker) -> UUID:
    """Publish until it works again: whoever publishes does so."""
    event = release()
    async with asyncio.timeout(20):
        while True:
            try:
                await broker.publish([event])
            except AwayError:
                await asyncio.sleep(0.05)
            else:
                return event.id
