"""When the model is asked, how often, and who decides when it has nothing to say."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handoff_bot.adapters.knowledge import load_knowledge, load_rules, load_texts
from handoff_bot.adapters.modelled import ModelBrain, ModelError, Patience
from handoff_bot.domain.breaker import LIMIT, REST, Breaker
from handoff_bot.domain.decision import Answer, Clarify, Escalate, OfferHuman
from handoff_bot.domain.prompt import Prompt
from handoff_bot.domain.proposal import Proposal
from handoff_bot.domain.scripted import Script
from handoff_bot.domain.setback import (
    BLOCKED,
    DOWN,
    GLITCH,
    MISCONFIGURED,
    NETWORK,
    RATE_LIMITED,
)
from handoff_bot.domain.turn import Line, Turn

KNOWLEDGE = load_knowledge()
TEXTS = load_texts(KNOWLEDGE.business)
PT = TEXTS["pt-BR"]
GOOD = Proposal(
    action="reply", text="Sim, com traços.", reason="none", sources=("sem-gluten",), language="pt"
)
REPLY = Answer("Sim, com traços.", ("sem-gluten",))
HARD = Turn((Line("customer", "vocês consertam relógio?"),))


@dataclass
class FakeModel:
    """Gives or raises these in turn, the last one for ever."""

    outcomes: list[Proposal | Exception | None]
    """None: it hangs."""
    prompts: list[Prompt] = field(default_factory=list[Prompt])

    async def propose(self, prompt: Prompt) -> Proposal:
        self.prompts.append(prompt)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome is None:
            await asyncio.Event().wait()
        if isinstance(outcome, Exception):
            raise outcome
        assert outcome is not None
        return outcome


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def brain(model: FakeModel, clock: Clock | None = None) -> ModelBrain:
    patience = Patience(attempt=timedelta(seconds=0.05), wait=timedelta(seconds=0.02))
    script = Script(KNOWLEDGE, TEXTS)
    return ModelBrain(model, script, load_rules(KNOWLEDGE.business), patience, clock or Clock())


async def test_the_model_decides_what_the_script_can_not_know() -> None:
    model = FakeModel([GOOD])
    assert await brain(model).answer(HARD) == REPLY
    [prompt] = model.prompts
    assert "Padaria Pão Quentinho" in prompt.rules
    assert "consertam relógio" in prompt.conversation


@pytest.mark.parametrize(
    ("turn", "decision"),
    [
        (Turn((Line("customer", "sim"),), (Line("bot", PT.offer),)), Escalate("offer_accepted")),
        (Turn((Line("customer", "não"),), (Line("bot", PT.offer),)), Answer(PT.declined)),
        (Turn((Line("customer", "", attached=True),)), OfferHuman(PT.attachment)),
        (
            Turn((Line("customer", ""),), (Line("bot", f"{PT.menu}\n1 - x\n0 - y"),)),
            OfferHuman(PT.offer),
        ),
    ],
)
async def test_what_needs_no_model_costs_no_call(turn: Turn, decision: object) -> None:
    model = FakeModel([GOOD])
    assert await brain(model).answer(turn) == decision
    assert model.prompts == []


async def test_a_menu_that_the_script_showed_is_answered_by_it() -> None:
    shown = Script(KNOWLEDGE, TEXTS).decide(Turn((Line("customer", "tem lugar pra estacionar?"),)))
    assert isinstance(shown, Clarify)
    model = FakeModel([GOOD])
    turn = Turn((Line("customer", "0"),), (Line("bot", shown.text),))
    assert await brain(model).answer(turn) == Escalate("customer_request")
    assert model.prompts == []


async def test_a_model_that_hangs_is_asked_twice_and_then_the_script_decides() -> None:
    model = FakeModel([None])
    assert await brain(model).answer(HARD) == Clarify(PT.rephrase)
    assert len(model.prompts) == 2


async def test_a_short_wait_is_kept_and_a_long_one_is_not_waited_for() -> None:
    soon = ModelError(RATE_LIMITED, wait=timedelta(seconds=0.01))
    assert await brain(FakeModel([soon, GOOD])).answer(HARD) == REPLY
    late = FakeModel([ModelError(RATE_LIMITED, wait=timedelta(seconds=9)), GOOD])
    assert await brain(late).answer(HARD) == Clarify(PT.rephrase)
    assert len(late.prompts) == 1


async def test_a_blocked_question_is_not_asked_again_and_a_person_is_offered() -> None:
    model = FakeModel([ModelError(BLOCKED)])
    with capture_logs() as logs:
        assert await brain(model).answer(HARD) == OfferHuman(PT.offer)
    assert len(model.prompts) == 1
    assert [line["reason"] for line in logs] == ["blocked"]


async def test_unanswered_again_and_again_is_a_persons_matter() -> None:
    """The script counts its own offers, so no customer circles for ever."""
    decided = brain(FakeModel([ModelError(BLOCKED)]))
    offered = (Line("bot", PT.offer), Line("customer", "e agora?"), Line("bot", PT.offer))
    turn = Turn((Line("customer", "consertam?"),), offered)
    assert await decided.answer(turn) == Escalate("repeated_failure")


async def test_a_service_that_keeps_failing_is_left_alone_for_a_minute() -> None:
    model, clock = FakeModel([ModelError(NETWORK)]), Clock()
    decided = brain(model, clock)
    for _ in range(3):
        await decided.answer(HARD)
    assert len(model.prompts) == LIMIT + 1
    with capture_logs() as logs:
        await decided.answer(HARD)
    assert [line["reason"] for line in logs] == ["breaker_open"]
    assert len(model.prompts) == LIMIT + 1

    clock.now += REST.total_seconds()
    model.outcomes = [GOOD]
    assert await decided.answer(HARD) == REPLY


async def test_hanging_is_a_failure_too() -> None:
    model = FakeModel([None])
    decided = brain(model)
    for _ in range(4):
        await decided.answer(HARD)
    assert len(model.prompts) == LIMIT + 1


async def test_an_error_nobody_knows_is_left_to_whoever_asked() -> None:
    """The handler makes a failed turn of it: the customer gets a person."""
    with pytest.raises(KeyError):
        await brain(FakeModel([KeyError("bug")])).answer(HARD)


def test_a_breaker_opens_at_the_limit_and_a_success_forgives() -> None:
    breaker = Breaker(limit=3, rest=timedelta(seconds=10))
    for _ in range(2):
        breaker.failed(DOWN, 0)
    breaker.succeeded()
    for _ in range(2):
        breaker.failed(DOWN, 0)
        breaker.failed(BLOCKED, 0)
    assert not breaker.is_open(0)
    for _ in range(3):
        breaker.failed(DOWN, 5)
    assert breaker.is_open(14.9)
    assert not breaker.is_open(15)


def test_after_a_rest_one_failure_is_enough() -> None:
    breaker = Breaker(limit=3, rest=timedelta(seconds=10))
    for _ in range(3):
        breaker.failed(DOWN, 0)
    breaker.failed(DOWN, 10)
    assert breaker.is_open(19)


def test_what_only_a_person_can_repair_opens_it_at_once() -> None:
    breaker = Breaker()
    breaker.failed(GLITCH, 0)
    assert not breaker.is_open(0)
    breaker.failed(MISCONFIGURED, 0)
    assert breaker.is_open(0)
