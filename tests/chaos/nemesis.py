"""Whoever kills processes and servers."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

from chaos.plan import Plan
from harness.process import Process
from harness.product import Product

PATIENCE = 0.8
"""How often it lets its victim come back before it strikes again; else it may die starting up."""


@dataclass(slots=True)
class Nemesis:
    """Kills a random process of the product again and again; a supervisor starts it anew."""

    product: Product
    plan: Plan
    kills: int = 0
    restarts: dict[str, int] = field(default_factory=dict[str, int])

    async def rage(self) -> None:
        """Until cancelled; everything runs again when this returns."""
        random = Random(f"{self.plan.seed}/nemesis")
        next_server = time.monotonic() + self.plan.restart_servers_every
        while True:
            await asyncio.sleep(random.uniform(*self.plan.kill_every))
            if self.product.servers and time.monotonic() > next_server:
                which = random.choice(self.product.servers)
                await self.product.restart_servers(which)
                self.restarts[which] = self.restarts.get(which, 0) + 1
                next_server = time.monotonic() + self.plan.restart_servers_every
            victim = random.choice(self.product.processes)
            await self._kill(victim)
            if random.random() < PATIENCE:
                await victim.ready()

    async def _kill(self, victim: Process) -> None:
        if not victim.is_running:
            raise AssertionError(f"{victim.name} ended by itself: {victim.last_words()}")
        await victim.kill()
        self.kills += 1
        await victim.start()

    async def relent(self) -> None:
        """Make sure that everything runs."""
        for process in self.product.processes:
            if not process.is_running:
                await process.start()
            await process.ready()
