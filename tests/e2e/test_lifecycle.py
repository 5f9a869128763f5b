"""Processes come and go: what they say of themselves, and what a stop or a loss leaves behind."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from harness.operators import Operator
from harness.process import Process, free_port
from harness.product import Options, Product
from harness.standalone import Standalone
from harness.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

IDLE_SECONDS, BUSY_SECONDS = 2, 10
QUESTION = "vocês aceitam pix?"


async def test_every_process_says_that_it_lives_and_works(product: Product) -> None:
    async with httpx2.AsyncClient(timeout=30) as client:
        for process in product.processes:
            ready = await client.get(process.ready_url)
            assert (ready.status_code, ready.json()) == (200, {"status": "ok", "away": []})
            alive = await client.get(process.ready_url.replace("/readyz", "/healthz"))
            assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


async def test_one_process_of_each_service_is_lost_and_everybody_is_answered(
    product: Product, helena: Operator, numbers: Iterator[str]
) -> None:
    customers = [next(numbers) for _ in range(20)]

    async def lose(victims: list[Process]) -> None:
        for victim in victims:
            await asyncio.sleep(0.05)
            await victim.kill()
            if not [other for other in product.processes if other.is_running]:
                await victim.start()

    async def write(number: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await product.customers.write(number, QUESTION)

    victims = one_of_each(product)
    writing = (write(number, index * 0.05) for index, number in enumerate(customers))
    await asyncio.gather(lose(victims), *writing)
    await asyncio.gather(*(answered(product, number) for number in customers))
    await asyncio.gather(*(restored(victim) for victim in victims))

    for number in customers:
        conversation = await helena.conversation_with(number)
        await helena.settled_thread(conversation["id"])
        assert len(await product.customers.got(number)) == 1


async def answered(product: Product, number: str) -> None:
    """Wait for any answer: while its process is lost, a bot's turn becomes a handoff."""

    async def has_answer() -> bool:
        return bool(await product.customers.got(number))

    await until(has_answer, f"an answer to {number}", seconds=60)


def one_of_each(product: Product) -> list[Process]:
    """Return the first replica of every service."""
    by_service = itertools.groupby(product.processes, lambda process: process.name.split(".")[0])
    return [next(replicas) for _, replicas in by_service]


async def restored(process: Process) -> None:
    if not process.is_running:
        await process.start()
    await process.ready()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Standalone]:
    """Provide a standalone product that may be stopped; each test leaves it running.

    With the deadlines that it has in earnest: a restart takes longer than a tenth of them.
    """
    options = Options(tmp_path_factory.mktemp("own"), pause_seconds=0.1)
    product = Standalone(options)
    async with product.running():
        yield product


async def refused_run(own: Standalone, name: str, **environment: str) -> str:
    """Run `handoff run` a second time, which must fail; return what it said."""
    second = Process(
        name, ["-m", "handoff_standalone", "run"], own.environment | environment, own.options.folder
    )
    await second.start()
    assert await asyncio.wait_for(second.ended(), 30) == 1
    return second.errors_path.read_text()


async def test_two_processes_cannot_work_in_one_home(own: Standalone) -> None:
    said = await refused_run(own, "same-home", PORT=str(free_port()))
    assert said.startswith("handoff: another handoff process")
    assert own.environment["HANDOFF_HOME"] in said
    assert "Traceback" not in said


async def test_a_taken_port_is_named(own: Standalone, tmp_path: Path) -> None:
    said = await refused_run(own, "same-port", HANDOFF_HOME=str(tmp_path / "other"))
    assert said.startswith("handoff: ")
    assert own.environment["PORT"] in said
    assert "in use" in said
    assert "Traceback" not in said


async def test_what_a_stop_interrupts_is_finished_at_the_next_start(
    own: Standalone, numbers: Iterator[str]
) -> None:
    [process] = own.processes
    customers = [next(numbers) for _ in range(8)]
    await own.customers.faults(delay_ms=[1000, 1000])
    await asyncio.gather(*(own.customers.write(n, QUESTION, wait=True) for n in customers))
    await own.customers.gets(customers[0], "Pix")  # Twilio has it, and has not answered us yet
    assert await process.stop() < BUSY_SECONDS
    await own.customers.faults()
    await process.start()
    await process.ready()

    await asyncio.gather(*(own.customers.gets(number, "Pix", seconds=60) for number in customers))
    async with own.operator("Clara") as clara:
        for number in customers:
            conversation = await clara.conversation_with(number)
            thread = await clara.settled_thread(conversation["id"])
            assert [m["author"] for m in thread] == ["customer", "bot"]
            assert len(await own.customers.got(number)) == 1


async def test_an_idle_process_stops_at_once(own: Standalone) -> None:
    [process] = own.processes
    async with httpx2.AsyncClient(base_url=own.public_url, timeout=30) as client:
        assert (await client.get("/readyz")).status_code == 200  # and keeps its connection open
        seconds = await process.stop()
    assert seconds < IDLE_SECONDS
    assert await process.ended() == 0
    await process.start()
    await process.ready()
