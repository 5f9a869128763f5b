"""The ground truth of an experiment: what Twilio accepted from us, and the circumstances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter
from pydantic import BaseModel

from handoff_simulator.api.views import After, Entries, Limit, entries_of
from handoff_simulator.domain.message import Message
from handoff_simulator.domain.tally import Tally


class Record(Protocol):
    async def accepted(self, after: int, limit: int) -> Sequence[Message]: ...
    async def erase(self) -> None: ...


class Deliveries(Protocol):
    async def stop(self) -> None: ...


class Requests(BaseModel):
    """Counts since the start, or the last reset."""

    received: int = 0
    """Create requests with the right credentials."""
    accepted: int = 0
    refused: int = 0
    answered: int = 0
    """With 201; late ones too."""
    callbacks: int = 0
    callbacks_undelivered: int = 0
    webhooks: int = 0
    webhooks_undelivered: int = 0
    faults: dict[str, int]
    """How often each fault was played."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """The endpoints `/record` and `/requests`."""

    record: Record
    deliveries: Deliveries
    tally: Tally

    def router(self) -> APIRouter:
        router = APIRouter(tags=["record"])
        router.add_api_route("/record", self.read, methods=["GET"])
        router.add_api_route("/record", self.erase, methods=["DELETE"], status_code=204)
        router.add_api_route("/requests", self.requests, methods=["GET"])
        return router

    async def read(self, after: After = 0, limit: Limit = 1000) -> Entries:
        """Return every message that was accepted from us, in the order of acceptance."""
        return entries_of(await self.record.accepted(after, limit), limit)

    async def erase(self) -> None:
        """Forget both directions and the counts, drop what is under way; the switches stay."""
        await self.deliveries.stop()
        await self.record.erase()
        self.tally.reset()

    async def requests(self) -> Requests:
        """Return the counts since the start, or the last reset."""
        return Requests.model_validate({**self.tally.counts(), "faults": self.tally.faults()})
