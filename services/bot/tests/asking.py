"""The bot over the real SDK, and a stand-in for Gemini beside it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from handoff_bot.adapters.gemini import GeminiAccount, opened
from handoff_bot.adapters.knowledge import load_knowledge, load_rules, load_texts
from handoff_bot.adapters.modelled import Model, ModelBrain, Patience
from handoff_bot.domain.decision import Answer, Decision
from handoff_bot.domain.scripted import Script
from handoff_bot.domain.turn import Line, Turn
from harness.gemini import KEY, MODEL, GeminiServer, gemini, proposing
from harness.gemini import Answer as Response

KNOWLEDGE = load_knowledge()
TEXTS = load_texts(KNOWLEDGE.business)
RULES = load_rules(KNOWLEDGE.business)
MARKER = "segredo-do-cliente"
TURN = Turn((Line("customer", f"vcs tem pao pra celiaco? {MARKER}"),), note="bolo pago")
GOOD = proposing("reply", "Temos pão de queijo e bolo de fubá, com traços de trigo.", "sem-gluten")
REPLY = Answer("Temos pão de queijo e bolo de fubá, com traços de trigo.", ("sem-gluten",))
HANG = Response(delay=60)
CUT = Response(cut=0)
"""The connection ends where an answer should begin."""
PATIENCE = Patience(attempt=timedelta(seconds=5), wait=timedelta(seconds=0.5))
HURRIED = Patience(attempt=timedelta(seconds=1.5), wait=timedelta(seconds=0.5))


def account(server: GeminiServer, *, key: str = KEY, model: str = MODEL) -> GeminiAccount:
    return GeminiAccount(key, model, server.url)


@asynccontextmanager
async def asked(*answers: Response) -> AsyncGenerator[tuple[Model, GeminiServer]]:
    async with gemini(*answers) as server, opened(account(server)) as model:
        yield model, server


async def decided(
    *answers: Response, turn: Turn = TURN, patience: Patience = PATIENCE
) -> tuple[Decision, GeminiServer]:
    """Return what the bot decides, and who was asked how often."""
    async with asked(*answers) as (model, server):
        brain = ModelBrain(model, Script(KNOWLEDGE, TEXTS), RULES, patience)
        return await brain.answer(turn), server
