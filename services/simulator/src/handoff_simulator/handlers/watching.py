"""The product's events, as they go by, for the trace."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

import structlog

from handoff_common.errors import AwayError
from handoff_common.messaging.broker import Sighting, Sightings
from handoff_simulator.domain import steps
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.story import Story, Told
from handoff_simulator.domain.trace import Step, phone_of

log = structlog.get_logger()


class Observable(Protocol):
    """The part of the broker port that is needed here."""

    def observe(self) -> AbstractAsyncContextManager[Sightings]: ...


class Directory(Protocol):
    """What the product knows of its ids; empty for what it does not. Raises `AwayError`."""

    async def customer(self, conversation: str) -> str:
        """Return the address of the conversation's customer."""
        ...

    async def operator(self, operator: str) -> str:
        """Return the operator's name."""
        ...


class NoDirectory:
    """Where nobody can be asked."""

    async def customer(self, conversation: str) -> str:  # noqa: ARG002  # the port's
        return ""

    async def operator(self, operator: str) -> str:  # noqa: ARG002  # the port's
        return ""


@dataclass(frozen=True, slots=True)
class Watching:
    """Notes what the product publishes; it may look away, and says so."""

    broker: Observable
    chronicle: Chronicle
    directory: Directory
    story: Story = field(default_factory=Story)
    reconnect_seconds: float = 2

    async def run(self) -> None:
        """Look on, again and again, until cancelled."""
        while True:
            try:
                async with self.broker.observe() as sightings:
                    log.info("product.observed")
                    async for sighting in _each(sightings):
                        await self.see(sighting)
            except AwayError as error:
                log.warning("product.unobserved", reason=str(error))
                await asyncio.sleep(self.reconnect_seconds)

    async def see(self, sighting: Sighting) -> None:
        """Note one event."""
        if sighting.missed:
            self.chronicle.note(steps.missed(sighting.missed))
        told = self.story.told(sighting.type, sighting.body, monotonic())
        try:
            self.chronicle.note(await self._completed(told))
        except AwayError:
            self.chronicle.note(told.step)  # without the names, rather than not at all

    async def _completed(self, told: Told) -> Step:
        step = told.step
        if step.conversation and not step.phone:
            phone = phone_of(await self.directory.customer(step.conversation))
            self.story.learn(step.conversation, phone)
            step = replace(step, phone=phone)
        if step.owner is not None and told.operator_id:
            name = await self.directory.operator(told.operator_id)
            step = replace(step, owner=replace(step.owner, name=name))
        return step


async def _each(sightings: Sightings) -> AsyncGenerator[Sighting]:
    while True:
        yield await sightings.next()
