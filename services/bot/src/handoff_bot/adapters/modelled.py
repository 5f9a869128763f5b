"""The bot with a model: one proposal a turn, audited; the script where there is none."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol

import structlog

from handoff_bot.domain.audit import Auditor
from handoff_bot.domain.breaker import Breaker
from handoff_bot.domain.decision import Clarify, Decision, OfferHuman
from handoff_bot.domain.prompt import Prompt, prompt_of
from handoff_bot.domain.proposal import Proposal
from handoff_bot.domain.scripted import Script, spoken
from handoff_bot.domain.setback import AWAY, TIMEOUT, Setback
from handoff_bot.domain.turn import Turn

ATTEMPTS = 2

log = structlog.get_logger()


class ModelError(Exception):
    """The model gave no proposal; its text is the setback's name and nothing else."""

    def __init__(self, setback: Setback, *, wait: timedelta = timedelta(0)) -> None:
        super().__init__(setback.name)
        self.setback = setback
        self.wait = wait
        """What the service asks for before the next attempt."""


class Model(Protocol):
    """What proposes decisions."""

    async def propose(self, prompt: Prompt) -> Proposal:
        """Return one proposal, unaudited. Raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a turn waits. Two attempts and a wait must end before the turn's deadline (20 s)."""

    attempt: timedelta = timedelta(seconds=8)
    wait: timedelta = timedelta(seconds=3)
    """Whoever asks for a longer wait gets no second attempt."""

    def scaled(self, scale: float) -> "Patience":
        return Patience(self.attempt * scale, self.wait * scale)


class ModelBrain:
    """Asks the model; decides by the script what needs no model, and what the model can't."""

    def __init__(
        self,
        model: Model,
        script: Script,
        rules: str,
        patience: Patience,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._model = model
        self._script = script
        self._rules = rules
        self._auditor = Auditor(script.knowledge, script.texts)
        self._patience = patience
        self._clock = clock
        self._breaker = Breaker()

    async def answer(self, turn: Turn) -> Decision:
        settled = self._script.settled(turn)
        if settled is not None:
            return settled
        if self._breaker.is_open(self._clock()):
            return self._unmodelled(turn, AWAY)
        prompt = prompt_of(turn, self._script.knowledge, self._rules)
        setback = TIMEOUT
        for _ in range(ATTEMPTS):
            try:
                found = self._auditor.judge(await self._proposal(prompt), turn)
            except ModelError as error:
                setback, wait = error.setback, error.wait
            else:
                if not isinstance(found, Setback):
                    return found
                setback, wait = found, timedelta(0)
            if not setback.again or wait > self._patience.wait:
                break
            prompt = prompt.remarked(setback.remark)
            await asyncio.sleep(wait.total_seconds())
        return self._unmodelled(turn, setback)

    async def _proposal(self, prompt: Prompt) -> Proposal:
        """Return a proposal in time, and tell the breaker how it went. Raises `ModelError`."""
        try:
            async with asyncio.timeout(self._patience.attempt.total_seconds()):
                proposal = await self._model.propose(prompt)
        except TimeoutError:
            self._breaker.failed(TIMEOUT, self._clock())
            raise ModelError(TIMEOUT) from None
        except ModelError as error:
            self._breaker.failed(error.setback, self._clock())
            raise
        self._breaker.succeeded()
        return proposal

    def _unmodelled(self, turn: Turn, setback: Setback) -> Decision:
        """Decide by the script: as without a model while it is away.

        While it is there, a question that it could not answer is not put down to how it was asked.
        """
        log.warning("model.unused", reason=setback.name)
        decision = self._script.decide(turn)
        if setback.fault == "answer" and isinstance(decision, Clarify):
            return OfferHuman(self._script.texts[spoken(turn)].offer)
        return decision
