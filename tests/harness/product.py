"""The product in one of its modes, with a simulator beside it that is never killed."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from harness.customers import Customers
from harness.operators import Operator
from harness.process import Process, free_port

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a-token-for-tests"  # of the simulator only
BUSINESS = "whatsapp:+551130000000"
PASSWORD = "a long password for tests"  # of people who exist only here


@dataclass(frozen=True, slots=True)
class Options:
    """How the product is run."""

    folder: Path
    time_scale: float = 1.0
    pause_seconds: float = 0.3
    unanswered_minutes: float = 10
    log_level: str = "INFO"


@dataclass
class Product(ABC):
    """Start it with `running`; every process of it may be killed and started again."""

    options: Options
    mode: ClassVar[str]
    webhook_port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    simulator: Process = field(init=False)
    processes: list[Process] = field(default_factory=list[Process])
    customers: Customers = field(init=False)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.webhook_port}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def pause_seconds(self) -> float:
        return self.options.pause_seconds

    @property
    @abstractmethod
    def api_url(self) -> str:
        """Where operators find the API."""

    @property
    @abstractmethod
    def database_url(self) -> str:
        """The database, with every right: for whoever checks."""

    @property
    def settings(self) -> dict[str, str]:
        """Environment that every process gets."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_NUMBER": BUSINESS,
            "TWILIO_API_BASE_URL": self.simulator_url,
            "PUBLIC_BASE_URL": self.public_url,
            "HANDOFF_TIME_SCALE": str(self.options.time_scale),
            "HANDOFF_PAUSE_SECONDS": str(self.options.pause_seconds),
            "HANDOFF_UNANSWERED_MINUTES": str(self.options.unanswered_minutes),
            "LOG_LEVEL": self.options.log_level,
        }

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Product"]:
        """Start the simulator and the product; stop both in the end."""
        self.options.folder.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            self._stack = stack
            self.simulator = Process(
                "simulator",
                ["-m", "handoff_simulator"],
                self.settings
                | {
                    "SIMULATOR_PORT": str(self.simulator_port),
                    "HANDOFF_HOME": str(self.options.folder / "simulator"),
                },
                self.options.folder,
                f"{self.simulator_url}/readyz",
            )
            await self.prepare()
            stack.push_async_callback(self.simulator.stop)
            await self.simulator.start()
            await self.simulator.ready()
            for process in self.processes:
                stack.push_async_callback(process.stop)
                await process.start()
            for process in self.processes:
                await process.ready()
            self.customers = await stack.enter_async_context(Customers.of(self.simulator_url))
            yield self

    @abstractmethod
    async def prepare(self) -> None:
        """Provide what the processes need, and say which there are."""

    @abstractmethod
    async def command(self, *arguments: str) -> str:
        """Run `handoff …` on this installation; return its output."""

    @abstractmethod
    async def restart_servers(self, which: str) -> None:
        """Kill a server (`broker` or `database`) and start it again, where there is one."""

    @property
    def servers(self) -> Sequence[str]:
        """What `restart_servers` takes."""
        return ()

    @asynccontextmanager
    async def operator(self, name: str) -> AsyncGenerator[Operator]:
        """Add an operator, and sign them in."""
        email = f"{name.lower()}@example.com"
        await self.command("user", "add", email, "--name", name)
        async with Operator.signed_in(self.api_url, email, PASSWORD) as operator:
            yield operator

    def logs(self) -> str:
        """Return everything that every process has logged."""
        everyone = [self.simulator, *self.processes]
        return "".join(process.output() for process in everyone)


async def run_command(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run the command line once. Raises `AssertionError` with its output if it fails."""
    process = Process(
        f"command-{arguments[0]}", ["-m", "handoff_standalone", *arguments], environment, folder
    )
    process.log_path.unlink(missing_ok=True)
    process.errors_path.unlink(missing_ok=True)
    await process.start()
    code = await process.ended()
    output = process.last_words()
    assert code == 0, f"handoff {' '.join(arguments)} failed: {output}"
    return output
