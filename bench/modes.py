"""Each mode with its floor programs, all running; the measurements then take turns."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cpu import our_servers
from bench.inbox import stub
from bench.target import ProductTarget, Target
from bench.webhooks import BUSINESSES
from handoff_common.testing.servers import Servers
from harness.distributed import Distributed
from harness.process import Process, free_port
from harness.product import Options, Product
from harness.standalone import Standalone

_REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Mode:
    """What is measured beside each other."""

    name: str
    product: ProductTarget
    empty: Target
    """Answers webhooks and does nothing else."""
    durable: Target
    """Answers once the message is on the disk."""
    pipeline: Target
    """Does that, and sends an answer."""


class _BusyStandalone(Standalone):
    @property
    def settings(self) -> dict[str, str]:
        return super().settings | {"TWILIO_WHATSAPP_NUMBER": ",".join(BUSINESSES)}


class _BusyDistributed(Distributed):
    @property
    def settings(self) -> dict[str, str]:
        return super().settings | {"TWILIO_WHATSAPP_NUMBER": ",".join(BUSINESSES)}


class _Floors:
    """Starts floor programs."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self._folder = folder
        self._stack = stack

    async def start(self, name: str, program: str, **environment: str) -> tuple[str, int]:
        """Return where it takes webhooks, and its process."""
        module, *arguments = program.split()
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        process = Process(
            name.replace(" ", "-"),
            ["-m", f"bench.floor.{module}", *arguments],
            {"PYTHONPATH": str(_REPOSITORY), "PORT": str(port), **environment},
            self._folder,
            url,
        )
        self._stack.push_async_callback(process.stop)
        await process.start()
        if arguments in ([], ["ingress"]):
            await process.ready()
        return url, process.pid

    async def web(self, name: str, program: str, **environment: str) -> Target:
        url, pid = await self.start(name, program, **environment)
        return Target(name, url, {"floor": [pid]}, "floor")

    async def stub_for(self, target: Target, port: int) -> None:
        await self._stack.enter_async_context(stub(target.inbox, port))


@asynccontextmanager
async def standalone(folder: Path) -> AsyncGenerator[Mode]:
    """Run the standalone product, and its floors."""
    async with AsyncExitStack() as stack:
        product = _BusyStandalone(Options(folder, pause_seconds=0))
        await stack.enter_async_context(product.running())
        target = await _target(product, "standalone", stack)
        floors, port = _Floors(folder, stack), free_port()
        pipeline = await floors.web(
            "floor pipeline",
            "standalone",
            FLOOR_DB=str(folder / "pipeline.db"),
            STUB_URL=f"http://127.0.0.1:{port}/",
        )
        await floors.stub_for(pipeline, port)
        yield Mode(
            product.mode,
            target,
            await floors.web("floor empty", "serving"),
            await floors.web("floor durable", "standalone", FLOOR_DB=str(folder / "durable.db")),
            pipeline,
        )


@asynccontextmanager
async def distributed(folder: Path, servers: Servers) -> AsyncGenerator[Mode]:
    """Run the distributed product with two replicas of each service, and its floors."""
    async with AsyncExitStack() as stack:
        product = _BusyDistributed(Options(folder, pause_seconds=0), given=servers)
        await stack.enter_async_context(product.running())
        target = await _target(product, "ingress", stack)
        floors = _Floors(folder, stack)
        amqp = await servers.rabbit.create_vhost("floor")
        yield Mode(
            product.mode,
            target,
            await floors.web("floor empty", "serving"),
            await floors.web(
                "floor durable", "distributed ingress", AMQP_URL=amqp, QUEUE="floor.accepted"
            ),
            await _pipeline(floors, servers, amqp),
        )


async def _pipeline(floors: _Floors, servers: Servers, amqp: str) -> Target:
    port = free_port()
    environment = {
        "AMQP_URL": amqp,
        "DATABASE_URL": await servers.postgres.create_database("floor"),
        "STUB_URL": f"http://127.0.0.1:{port}/",
        "QUEUE": "floor.inbound",
    }
    groups: dict[str, list[int]] = our_servers()
    url = ""
    for role in ("sender", "router", "ingress"):
        url, pid = await floors.start(f"floor {role}", f"distributed {role}", **environment)
        groups[f"floor {role}"] = [pid]
    target = Target("floor pipeline", url, groups, "floor ingress")
    await floors.stub_for(target, port)
    return target


async def _target(product: Product, web: str, stack: AsyncExitStack) -> ProductTarget:
    """Return the running product; its simulator lets through what customers never wrote there."""
    await product.customers.faults(outside_window=False)
    groups: dict[str, list[int]] = {"simulator": [product.simulator.pid]}
    for process in product.processes:
        groups.setdefault(process.name.partition(".")[0], []).append(process.pid)
    if product.mode == "distributed":
        groups |= our_servers()
    target = ProductTarget("product", product.public_url, groups, web, product=product)
    stack.push_async_callback(target.close)
    return target
