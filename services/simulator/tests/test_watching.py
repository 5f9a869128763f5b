"""Looking on at the product, with a broker that goes away and a directory that knows names."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from handoff_common.errors import AwayError
from handoff_common.lifecycle import listening_socket
from handoff_common.messaging.broker import Sighting
from handoff_common.messaging.topology import TOPOLOGY
from handoff_common.testing.brokers import EmbeddedHouse, RabbitHouse, changed, release
from handoff_common.testing.rabbit import Rabbit
from handoff_simulator.app import Place, SimulatorSettings, create
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.trace import Owner, Step
from handoff_simulator.handlers.watching import Watching

from .world import SID, TOKEN, base_of, serving, site, until

CHANGED = b'{"conversation_id": "c1", "owner": "human", "operator_id": "o1"}'


@dataclass
class FakeDirectory:
    """Knows one conversation and one operator."""

    away: bool = False
    asked: list[str] = field(default_factory=list[str])

    async def customer(self, conversation: str) -> str:
        return self._answer(conversation, {"c1": "whatsapp:+5511999990001"})

    async def operator(self, operator: str) -> str:
        return self._answer(operator, {"o1": "Helena"})

    def _answer(self, key: str, known: dict[str, str]) -> str:
        self.asked.append(key)
        if self.away:
            raise AwayError("database")
        return known.get(key, "")


@dataclass
class FakeSightings:
    coming: list[Sighting]

    async def next(self) -> Sighting:
        if not self.coming:
            raise AwayError("gone")
        return self.coming.pop(0)


@dataclass
class FakeBroker:
    """Shows what it has, and is away afterwards."""

    shows: list[list[Sighting]]
    entered: int = 0

    @asynccontextmanager
    async def observe(self) -> AsyncGenerator[FakeSightings]:
        self.entered += 1
        if not self.shows:
            raise AwayError("away")
        yield FakeSightings(self.shows.pop(0))


@pytest.fixture
def chronicle() -> Chronicle:
    return Chronicle(lambda: datetime.now(UTC), start=0)


def steps(chronicle: Chronicle) -> list[Step]:
    return [row.step for row in chronicle.rows("", after=0, limit=99)]


async def test_addresses_and_names_are_looked_up_once_they_are_needed(
    chronicle: Chronicle,
) -> None:
    directory = FakeDirectory()
    watching = Watching(FakeBroker([]), chronicle, directory)
    await watching.see(Sighting("conversation.changed.v1", CHANGED))
    await watching.see(Sighting("conversation.changed.v1", CHANGED))
    one, two = steps(chronicle)
    assert (one.phone, one.owner) == ("+5511999990001", Owner("person", "Helena"))
    assert (two.phone, two.owner) == ("+5511999990001", None)
    assert directory.asked == ["c1", "o1"]


async def test_a_directory_that_is_away_costs_the_names_and_not_the_step(
    chronicle: Chronicle,
) -> None:
    watching = Watching(FakeBroker([]), chronicle, FakeDirectory(away=True))
    await watching.see(Sighting("conversation.changed.v1", CHANGED))
    [step] = steps(chronicle)
    assert (step.name, step.phone) == ("conversation.changed.v1", "")


async def test_what_was_missed_is_said(chronicle: Chronicle) -> None:
    watching = Watching(FakeBroker([]), chronicle, FakeDirectory())
    await watching.see(Sighting("timer.fired.v1", b"{}", missed=7))
    missed, step = steps(chronicle)
    assert (missed.name, missed.everywhere, missed.detail) == ("trace.missed", True, {"count": 7})
    assert step.name == "timer.fired.v1"


async def test_it_looks_again_when_the_broker_is_back(chronicle: Chronicle) -> None:
    broker = FakeBroker([[Sighting("timer.fired.v1", b"{}")], [Sighting("bot.failed.v1", b"{}")]])
    watching = Watching(broker, chronicle, FakeDirectory(), reconnect_seconds=0)
    running = asyncio.create_task(watching.run())
    await until(lambda: broker.entered > 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [step.name for step in steps(chronicle)] == ["timer.fired.v1", "bot.failed.v1"]


async def test_a_simulator_with_a_broker_shows_what_it_carries(tmp_path: Path) -> None:
    house = EmbeddedHouse(tmp_path)
    broker = await house.broker()
    async with site(tmp_path / "simulator.db", place=Place(broker=broker)) as running:
        assert (await running.http.get("/setting")).json()["traces"] is True
        event = release()
        async with asyncio.timeout(5):
            while not (entries := (await running.http.get("/trace")).json()["entries"]):
                await broker.publish([event])
        await broker.hint([changed()])
    await house.close()
    entry = entries[0]
    assert (entry["name"], entry["phone"]) == ("message.released.v1", "+5511987654321")
    assert (entry["message"], entry["conversation"]) == (
        str(event.message_id),
        str(event.conversation_id),
    )
    assert entry["detail"]["text"] == "Olá"


@pytest.mark.integration
async def test_alone_it_looks_on_where_it_was_told_to_and_may_do_no_more(
    tmp_path: Path, rabbit: Rabbit
) -> None:
    name = uuid4().hex
    house = RabbitHouse(await rabbit.create_vhost(name), TOPOLOGY)
    broker = await house.broker()
    logins = await rabbit.create_logins(house.url, "secret")
    settings = SimulatorSettings.model_validate(
        {
            "HANDOFF_HOME": tmp_path,
            "twilio_account_sid": SID,
            "twilio_auth_token": TOKEN,
            "amqp_url": logins["simulator"],
        }
    )
    sock = listening_socket("127.0.0.1", 0)
    base = base_of(sock)
    async with (
        create(settings) as app,
        serving(app, sock),
        httpx2.AsyncClient(base_url=base) as client,
    ):
        assert (await client.get("/setting")).json()["traces"] is True
        async with asyncio.timeout(20):
            while not (entries := (await client.get("/trace")).json()["entries"]):
                await broker.publish([release()])
        assert entries[0]["name"] == "message.released.v1"
        assert entries[0]["phone"] == "+5511987654321"
    await house.close()
    await rabbit.delete_vhost(name)
