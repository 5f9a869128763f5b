"""Where copies of events wait for somebody who looks on."""

from handoff_common.errors import AwayError
from handoff_common.messaging.arrivals import Arrivals
from handoff_common.messaging.broker import Sighting

BOUND = 1000
"""Copies that may wait; then the oldest goes."""


class Lookout:
    """Implements `Sightings`. Taking a copy costs a publisher an append, whoever is slow."""

    def __init__(self) -> None:
        self._arrivals: Arrivals[tuple[str, bytes]] = Arrivals(bound=BOUND)
        self._told = 0

    async def next(self) -> Sighting:
        found = await self._arrivals.next()
        if found is None:
            raise AwayError("ended")
        missed, self._told = self._arrivals.dropped - self._told, self._arrivals.dropped
        return Sighting(*found, missed)

    def saw(self, wire_type: str, body: bytes) -> None:
        self._arrivals.put((wire_type, body))

    def lose(self, reason: str) -> None:
        self._arrivals.lose(reason)

    def end(self) -> None:
        self._arrivals.end()
