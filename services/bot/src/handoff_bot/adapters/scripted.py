"""The scripted bot as a brain."""

from handoff_bot.domain.decision import Decision
from handoff_bot.domain.scripted import Script
from handoff_bot.domain.turn import Turn


class ScriptedBrain:
    """Decides by the script: no key, no network; also the last resort of a model that is away."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def answer(self, turn: Turn) -> Decision:
        return self._script.decide(turn)
