"""What each service may do on RabbitMQ, tried by each under a user of its own."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import product
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused

from handoff_common.messaging.rabbit import RabbitBroker
from handoff_common.messaging.rabbit.names import (
    DEAD,
    EVENTS,
    HINTS,
    OBSERVER,
    dead_queue,
    delay_name,
)
from handoff_common.messaging.rabbit.rights import (
    HINTS_GIVEN,
    HINTS_TAKEN,
    OBSERVES,
    PUBLISHES,
    SERVICES,
    Service,
    definitions,
    rights_of,
)
from handoff_common.messaging.topology import QUEUES, TOPOLOGY
from handoff_common.testing.rabbit import Rabbit

EVENTS_PAGE = Path(__file__).parents[3] / "docs" / "events.md"
DELAY = delay_name(TOPOLOGY.retry_delays[0])
Attempt = Callable[[AbstractChannel], Awaitable[object]]


class Desks:
    """The broker as each service sees it."""

    def __init__(self, connections: dict[Service, AbstractConnection]) -> None:
        self._connections = connections

    async def may(self, service: Service, attempt: Attempt) -> bool:
        """Tell whether the broker lets a service do it; a refusal closes the channel."""
        channel = await self._connections[service].channel()
        try:
            await attempt(channel)
        except ChannelAccessRefused:
            return False
        await channel.close()
        return True


@pytest.fixture
async def desks(rabbit: Rabbit) -> AsyncGenerator[Desks]:
    name = f"rights_{uuid4().hex[:6]}"
    url = await rabbit.create_vhost(name)
    broker = RabbitBroker(url)
    await broker.declare()
    await broker.close()
    async with AsyncExitStack() as stack:
        connections: dict[Service, AbstractConnection] = {}
        for service, own in (await rabbit.create_logins(url, "p'wd %")).items():
            connections[service] = await stack.enter_async_context(await aio_pika.connect(own))
        yield Desks(connections)
    await rabbit.delete_vhost(name)


def publishing(exchange: str, key: str) -> Attempt:
    async def attempt(channel: AbstractChannel) -> None:
        found = await channel.get_exchange(exchange, ensure=False)
        await found.publish(Message(b"{}"), key, mandatory=False)

    return attempt


def consuming(queue: str) -> Attempt:
    async def attempt(channel: AbstractChannel) -> None:
        found = await channel.get_queue(queue, ensure=False)
        await found.get(fail=False)

    return attempt


def listening(prefix: str, exchange: str, key: str) -> Attempt:
    async def attempt(channel: AbstractChannel) -> None:
        own = await channel.declare_queue(f"{prefix}.{uuid4().hex}", exclusive=True)
        await own.bind(exchange, key)

    return attempt


def declaring(queue: str) -> Attempt:
    return lambda channel: channel.declare_queue(queue, durable=True)


def kinds() -> list[str]:
    """Return every wire type, as the page about events lists them."""
    return [kind for kind, _ in documented()]


def documented() -> list[tuple[str, set[str]]]:
    row = re.compile(r"^\| \[`([\w.]+)`\]\(\S+\) \| ([^|]*) \|", re.MULTILINE)
    rows = row.findall(EVENTS_PAGE.read_text())
    return [(kind, set(sources.replace("-api", "_api").split(", "))) for kind, sources in rows]


def test_a_service_may_publish_what_it_builds_and_nothing_else() -> None:
    built = {(service, kind) for kind, sources in documented() for service in sources}
    answers = {("router", "command.answered.v1")}  # not by an exchange of ours
    given = {
        (service, str(event.model_fields["type"].default))
        for service in SERVICES
        for event in PUBLISHES.get(service, frozenset()) | HINTS_GIVEN.get(service, frozenset())
    }
    assert given == built - answers


def test_every_queue_has_one_service_that_may_consume_it() -> None:
    readers = {
        queue: [name for name in SERVICES if re.search(rights_of(name).read, queue)]
        for queue in QUEUES
    }
    assert readers == {queue: [queue.partition(".")[0]] for queue in QUEUES}


def test_no_password_is_in_the_definitions() -> None:
    assert [user for user in definitions()["users"] if set(user) != {"name", "tags"}] == []


@pytest.mark.integration
async def test_each_service_publishes_its_own_events_only(desks: Desks) -> None:
    declared: dict[tuple[str, str, str], bool] = {}
    possible: dict[tuple[str, str, str], bool] = {}
    given = {EVENTS: PUBLISHES, HINTS: HINTS_GIVEN}
    for service, exchange, kind in product(SERVICES, given, kinds()):
        events = given[exchange].get(service, frozenset())
        own = {str(event.model_fields["type"].default) for event in events}
        declared[service, exchange, kind] = kind in own
        possible[service, exchange, kind] = await desks.may(service, publishing(exchange, kind))
    assert possible == declared


@pytest.mark.integration
async def test_each_service_touches_its_own_queues_only(desks: Desks) -> None:
    for service, queue in product(SERVICES, QUEUES):
        own = queue.startswith(f"{service}.")
        assert await desks.may(service, consuming(queue)) == own
        assert await desks.may(service, publishing(DELAY, queue)) == own
        assert await desks.may(service, publishing(DEAD, queue)) == own
        assert not await desks.may(service, consuming(dead_queue(queue)))
        assert not await desks.may(service, declaring(queue))


@pytest.mark.integration
async def test_only_the_router_answers_and_only_the_operator_api_asks(desks: Desks) -> None:
    changed = "conversation.changed.v1"
    for service in SERVICES:
        assert await desks.may(service, publishing("", "replies.nobody")) == (service == "router")
        asks = service == "operator_api"
        assert await desks.may(service, listening("hints", HINTS, changed)) == asks
        assert asks == (service in HINTS_TAKEN)
        assert not await desks.may(service, listening("hints", HINTS, "#"))
        assert not await desks.may(service, listening("replies", EVENTS, "customer.wrote.v1"))
        assert not await desks.may(service, declaring("mine"))


@pytest.mark.integration
async def test_only_the_simulator_looks_on(desks: Desks) -> None:
    for service, exchange in product(SERVICES, (EVENTS, HINTS)):
        looks = await desks.may(service, listening(OBSERVER, exchange, "#"))
        assert looks == (service in OBSERVES) == (service == "simulator")


def test_the_delays_of_every_step_are_covered() -> None:
    steps = {delay_name(delay) for delay in TOPOLOGY.retry_delays}
    assert steps < set(rights_of("bot").topics)
    assert delay_name(timedelta(hours=9)) not in rights_of("bot").topics
