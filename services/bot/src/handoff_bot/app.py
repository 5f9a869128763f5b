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
from handoff_bot.handlers import Brain, Thinking, brief, think
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
