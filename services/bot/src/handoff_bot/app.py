"""Wiring: what the bot is made of."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from pydantic import TypeAdapter
from starlette.types import ASGIApp

from handoff_bot.adapters.gemini import GeminiAccount, opened
from handoff_bot.adapters.knowledge import load_knowledge, load_rules, load_texts
from handoff_bot.adapters.modelled import ModelBrain, Patience
from handoff_bot.adapters.scripted import ScriptedBrain
from handoff_bot.adapters.transcripts import DatabaseTranscripts
from handoff_bot.domain.brief import Clerk
from handoff_bot.domain.scripted import Script
from handoff_bot.handlers import Brain, Hesitate, Thinking, at_once, brief, think
from handoff_common.database import Database
from handoff_common.events import BotRequested, HandoffOpened
from handoff_common.lifecycle import health_app, running
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.consumer import Consumer
from handoff_common.messaging.handling import Intake
from handoff_common.messaging.starts import DatabaseStarts
from handoff_common.messaging.topology import BOT_BRIEFS, BOT_TURNS
from handoff_common.settings import GeminiSettings
from handoff_common.tables import BotStartRow

__all__ = ["load_knowledge", "service"]

DEADLINE = timedelta(seconds=20)
"""Of a turn. The router gives up after 30 s, and the decision has to get there."""
WORKERS = 16
"""Turns at once. A model is mostly waited for; what waits here is kept from other replicas."""
BRIEFERS = 4
"""Briefs at once; each is one query."""

log = structlog.get_logger()


@asynccontextmanager
async def service(
    *,
    broker: Broker,
    database: Database,
    knowledge: Path | None = None,
    gemini: GeminiAccount | None = None,
    scale: float = 1.0,
    hesitate: Hesitate = at_once,
) -> AsyncGenerator[ASGIApp]:
    """Run the bot; yields its HTTP face (health only).

    `knowledge` is a file as `load_knowledge` reads it, whose errors are raised at once; without
    `gemini` the bot is the scripted one; `scale` multiplies the deadlines, for experiments;
    `hesitate` is waited for before each answer.
    """
    known = load_knowledge(knowledge)
    texts = load_texts(known.business)
    transcripts, starts = DatabaseTranscripts(database), DatabaseStarts(database, BotStartRow)
    async with _brain(Script(known, texts), gemini, scale) as brain:
        thinking = Thinking(
            transcripts=transcripts,
            brain=brain,
            texts=texts,
            deadline=DEADLINE * scale,
            hesitate=hesitate,
        )
        turns = Consumer(
            broker,
            Intake(BOT_TURNS, workers=WORKERS, prefetch=WORKERS),
            TypeAdapter(BotRequested),
            partial(think, thinking=thinking),
            starts,
        )
        briefs = Consumer(
            broker,
            Intake(BOT_BRIEFS, workers=BRIEFERS, prefetch=BRIEFERS),
            TypeAdapter(HandoffOpened),
            partial(brief, episodes=transcripts, clerk=Clerk(known, texts)),
            starts,
        )

        def stop() -> None:
            turns.stop()
            briefs.stop()

        async with running(("bot.turns", turns.run()), ("bot.briefs", briefs.run()), stop=stop):
            yield health_app({"broker": broker.ping, "database": database.ping})


def gemini_of(settings: GeminiSettings) -> GeminiAccount | None:
    """Return the account of the settings, if there is a key."""
    key = settings.google_api_key.get_secret_value().strip()
    if not key:
        return None
    return GeminiAccount(key, settings.gemini_model, settings.gemini_api_base_url)


@asynccontextmanager
async def _brain(
    script: Script, gemini: GeminiAccount | None, scale: float
) -> AsyncGenerator[Brain]:
    """Provide the model's brain where there is a key, else the script's."""
    if gemini is None:
        log.info("bot.chosen", brain="scripted")
        yield ScriptedBrain(script)
        return
    async with opened(gemini) as model:
        log.info("bot.chosen", brain="gemini", model=gemini.model)
        rules = load_rules(script.knowledge.business)
        yield ModelBrain(model, script, rules, Patience().scaled(scale))
