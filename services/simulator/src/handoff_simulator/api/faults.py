"""The fault switches."""

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException

from handoff_simulator.domain.faults import Faults, Switches


@dataclass(frozen=True, slots=True)
class FaultSwitches:
    """The endpoints of `/faults`."""

    switches: Switches
    slows_bot: bool

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
        if faults.bot_delay_ms and not self.slows_bot:
            raise HTTPException(422, "`bot_delay_ms`: the bot is another process's")
        self.switches.set(faults)
        return self.switches.faults
