"""Where the browser's stories play: the product in any mode, seen from outside."""

import asyncio
import os
import shlex
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.up import NO_MODULES, ROOT, compose_command, console_url, dotenv, simulator_url

from harness.customers import Customers
from harness.process import Process, free_port
from harness.product import PASSWORD, run_command


class Stage(Protocol):
    """A running product; every `Product` is one."""

    @property
    def api_url(self) -> str:
        """Where the console is."""
        ...

    @property
    def simulator_url(self) -> str:
        """Where the simulator is; a slash after it leads to its page."""
        ...

    @property
    def customers(self) -> Customers: ...

    @property
    def pause_seconds(self) -> float:
        """How long a customer must be silent before the bot's turn."""
        ...

    async def command(self, *arguments: str) -> str:
        """Run `handoff …` on this installation; return its output."""
        ...


@dataclass(frozen=True, slots=True)
class OneProcess:
    """The standalone mode as `make run` starts it: the simulator is inside, at /simulator."""

    api_url: str
    simulator_url: str
    customers: Customers
    pause_seconds: float
    folder: Path
    environment: Mapping[str, str]

    @classmethod
    @asynccontextmanager
    async def running(
        cls, folder: Path, *, pause_seconds: float, **settings: str
    ) -> AsyncGenerator["OneProcess"]:
        """Start it in a folder of its own, with more settings if need be; stop it in the end."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {
            "PORT": str(port),
            "HANDOFF_HOME": str(folder / "home"),
            "HANDOFF_PAUSE_SECONDS": str(pause_seconds),
            **settings,
        }
        command = ["-m", "handoff_standalone", "run"]
        process = Process("run", command, environment, folder, f"{url}/readyz")
        await process.start()
        try:
            await process.ready()
            async with Customers.of(f"{url}/simulator") as customers:
                simulator = f"{url}/simulator"
                yield cls(url, simulator, customers, pause_seconds, folder, environment)
        finally:
            await process.stop()

    async def command(self, *arguments: str) -> str:
        environment = {**self.environment, "HANDOFF_PASSWORD": PASSWORD}
        return await run_command(self.folder, environment, *arguments)


@dataclass(frozen=True, slots=True)
class Composed:
    """What `make up` has started; where it is can be said by variables."""

    api_url: str
    simulator_url: str
    customers: Customers
    pause_seconds: float
    handoff: Sequence[str]
    """How the command line is reached."""

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncGenerator["Composed"]:
        """Use what runs; nothing is started, and nothing is stopped."""
        environment = {**dotenv(ROOT / ".env"), **os.environ}  # as `make up` reads them
        env = environment.get
        console = env("HANDOFF_CONSOLE_URL") or console_url(environment)
        simulator = env("HANDOFF_SIMULATOR_URL") or simulator_url(environment)
        pause = float(env("HANDOFF_PAUSE_SECONDS") or 1.5)
        handoff = shlex.split(env("HANDOFF_COMMAND") or "") or _inside()
        async with Customers.of(simulator) as customers:
            yield cls(console, simulator, customers, pause, handoff)

    async def command(self, *arguments: str) -> str:
        """Run it where the services run. Raises `AssertionError` with its output if it fails."""
        process = await asyncio.create_subprocess_exec(
            *self.handoff,
            *arguments,
            env={**os.environ, **NO_MODULES, "HANDOFF_PASSWORD": PASSWORD},
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()


def _inside() -> list[str]:
    """Return how a command runs inside what `make up` has started."""
    password = f"HANDOFF_PASSWORD={PASSWORD}"
    return [*compose_command(), "exec", "-T", "-e", password, "operator-api", "handoff"]
