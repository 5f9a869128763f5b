"""What a page has to know before it shows anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from handoff_common.clock import Clock
from handoff_simulator.api.clock import Travels


class Business(BaseModel):
    number: str
    """`whatsapp:+…`"""
    name: str
    """As customers know it; the number where nobody said."""


class SettingShown(BaseModel):
    businesses: list[Business]
    """The first is the one that a phone writes to unless it says otherwise."""
    console: str | None
    """Where operators work; relative to this host where it is the same."""
    api_docs: str | None
    now: AwareDatetime
    travels: Travels
    slows_bot: bool
    """`bot_delay_ms` can be set."""
    traces: bool
    """The product's own events are in the trace, not only Twilio's side."""
    same_browser: bool
    """The console has the same origin: a page can talk to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The endpoint `/setting`."""

    senders: Sequence[str]
    name: str
    console: str | None
    travels: Travels
    slows_bot: bool
    traces: bool
    clock: Clock

    def router(self) -> APIRouter:
        router = APIRouter(tags=["setting"])
        router.add_api_route("/setting", self.read, methods=["GET"])
        return router

    async def read(self) -> SettingShown:
        """Return where this simulator is and what it can do."""
        console = self.console
        return SettingShown(
            businesses=[
                Business(number=number, name=self.name or number.removeprefix("whatsapp:"))
                for number in self.senders
            ],
            console=console,
            api_docs=None if console is None else f"{console.rstrip('/')}/docs",
            now=self.clock.now(),
            travels=self.travels,
            slows_bot=self.slows_bot,
            traces=self.traces,
            same_browser=console is not None and console.startswith("/"),
        )
