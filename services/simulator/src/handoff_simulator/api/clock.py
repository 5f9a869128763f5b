"""The clock: forward only, and for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, Protocol, TypeAlias

from fastapi import APIRouter, HTTPException
from pydantic import AwareDatetime, BaseModel, Field

from handoff_common.clock import Clock
from handoff_simulator.domain import steps
from handoff_simulator.domain.chronicle import Chronicle

Travels: TypeAlias = Literal["product", "channel"]
"""What the clock moves: the whole product, or only WhatsApp's side (window, phones)."""

FARTHEST = timedelta(days=3650)


class Record(Protocol):
    async def forward(self, by: timedelta) -> timedelta: ...


class Forward(BaseModel):
    forward_seconds: Annotated[int, Field(ge=1, le=604_800)]


class ClockShown(BaseModel):
    now: AwareDatetime
    ahead_seconds: int
    """How far it is ahead of the machine's clock."""
    travels: Travels


@dataclass(frozen=True, slots=True)
class TimeMachine:
    """The endpoints of `/clock`."""

    record: Record
    clock: Clock
    travels: Travels
    chronicle: Chronicle

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/clock", tags=["clock"])
        router.add_api_route("", self.read, methods=["GET"])
        router.add_api_route("", self.forward, methods=["POST"])
        return router

    async def read(self) -> ClockShown:
        """Say what time it is."""
        return ClockShown(
            now=self.clock.now(),
            ahead_seconds=self.clock.ahead // timedelta(seconds=1),
            travels=self.travels,
        )

    async def forward(self, wanted: Forward) -> ClockShown:
        """Move the clock forward; it stays there over restarts, and never goes back."""
        by = timedelta(seconds=wanted.forward_seconds)
        if self.clock.ahead + by > FARTHEST:
            raise HTTPException(409, f"the clock goes {FARTHEST.days} days ahead at most")
        # On the disk first: what somebody has seen is never taken back by a crash.
        ahead = await self.record.forward(by)
        self.clock.move_to(max(ahead, self.clock.ahead))
        self.chronicle.note(steps.moved(by))
        return await self.read()
