"""The fault switches."""

from dataclasses import dataclass

from fastapi import APIRouter

from handoff_simulator.domain.faults import Faults, Switches


@dataclass(frozen=True, slots=True)
class FaultSwitches:
    """The endpoints of `/faults`."""

    switches: Switches

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/faults", tags=["faults"])
        router.add_api_route("", self.read, methods=["GET"])
        router.add_api_route("", self.replace, methods=["PUT"])
        return router

    async def read(self) -> Faults:
        """Return all switches."""
        return self.switches.faults

    async def replace(self, faults: Faults) -> Faults:
        """Replace all switches; what is left out is off, and the script starts again."""
        self.switches.set(faults)
        return self.switches.faults
