"""The product with its own simulator inside, as `make run` starts it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from harness.customers import Customers
from harness.operators import Operator
from harness.process import Process, free_port
from harness.product import PASSWORD, run_command
from harness.waiting import until

Json = dict[str, Any]
HOUR, DAY = 3600, 86_400
ANA = "+5511999990001"


@dataclass
class Showroom:
    """One process; `simulator` is the client of its control surface."""

    process: Process
    folder: Path
    simulator: httpx2.AsyncClient
    customers: Customers

    @property
    def base(self) -> str:
        return self.process.ready_url.removesuffix("/readyz")

    async def add(self, name: str, role: str = "operator") -> str:
        """Add somebody who may sign in; return their e-mail address."""
        email = f"{name.lower()}@example.com"
        environment = dict(self.process.environment) | {"HANDOFF_PASSWORD": PASSWORD}
        await run_command(
            self.folder, environment, "user", "add", email, "--name", name, "--role", role
        )
        return email

    @asynccontextmanager
    async def operator(self, name: str) -> AsyncGenerator[Operator]:
        async with Operator.signed_in(self.base, await self.add(name), PASSWORD) as operator:
            yield operator

    async def forward(self, seconds: int) -> Json:
        answer = await self.simulator.post("/clock", json={"forward_seconds": seconds})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def trace(self, phone: str = ANA) -> list[Json]:
        answer = await self.simulator.get("/trace", params={"phone": phone})
        assert answer.status_code == 200, answer.text
        return answer.json()["entries"]

    async def told(self, name: str, *, phone: str = ANA) -> Json:
        """Wait for an event in the trace."""

        async def found() -> Json | None:
            return next((e for e in await self.trace(phone) if e["name"] == name), None)

        return await until(found, f"{name} in the trace")

    async def requests(self, what: str, count: int) -> None:
        """Wait until the simulator has counted so many."""

        async def enough() -> bool:
            return (await self.customers.requests())[what] >= count

        await until(enough, f"{count} {what}")


@asynccontextmanager
async def showroom(folder: Path, **variables: str) -> AsyncGenerator[Showroom]:
    """Run it; the deadlines of the protocol take a fifth of their time."""
    port = free_port()
    environment = {
        "PORT": str(port),
        "HANDOFF_HOME": str(folder / "home"),
        "HANDOFF_TIME_SCALE": "0.2",
        "HANDOFF_PAUSE_SECONDS": "0.5",
        "LOG_LEVEL": "DEBUG",
    }
    base = f"http://127.0.0.1:{port}"
    arguments = ["-m", "handoff_standalone", "run"]
    process = Process("run", arguments, environment | variables, folder, f"{base}/readyz")
    await process.start()
    try:
        await process.ready()
        async with (
            httpx2.AsyncClient(base_url=f"{base}/simulator", timeout=60) as simulator,
            Customers.of(f"{base}/simulator") as customers,
        ):
            yield Showroom(process, folder, simulator, customers)
    finally:
        await process.stop()
