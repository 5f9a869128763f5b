"""The router's wiring."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter
from starlette.types import ASGIApp

from handoff_common.database import Database
from handoff_common.lifecycle import health_app, running
from handoff_common.messaging.broker import Broker
from handoff_common.messaging.consumer import Consumer
from handoff_common.messaging.handling import Intake
from handoff_common.messaging.starts import DatabaseStarts
from handoff_common.messaging.topology import ROUTER_COMMANDS, ROUTER_EVENTS
from handoff_common.tables import RouterStartRow
from handoff_common.timing import Timing
from handoff_router.adapters.conversations import DatabaseConversations
from handoff_router.adapters.timers import DatabaseTimers
from handoff_router.domain.conversation import RouterInput
from handoff_router.domain.policy import Policy
from handoff_router.handlers.routing import route
from handoff_router.handlers.timers import watch

BATCH = 64
INPUT: TypeAdapter[RouterInput] = TypeAdapter(
    Annotated[RouterInput, Field(discriminator="type")],
    config=ConfigDict(hide_input_in_errors=True),
)


def policy_of(*, pause: timedelta, unanswered: timedelta, scale: float = 1.0) -> Policy:
    """Return the policy with the protocol's deadlines scaled for experiments, not people's."""
    return Policy(
        timing=Timing().scaled(scale),
        pause=pause * scale,
        unanswered=unanswered,
        pause_cap=timedelta(seconds=12) * scale,
        turn_overdue=timedelta(seconds=30) * scale,
    )


@asynccontextmanager
async def service(*, broker: Broker, database: Database, policy: Policy) -> AsyncGenerator[ASGIApp]:
    """Run the router; yields its HTTP face (health only)."""
    handle = partial(route, conversations=DatabaseConversations(database), policy=policy)
    starts = DatabaseStarts(database, RouterStartRow)
    consumers = [
        Consumer(broker, Intake(queue, batch=BATCH), INPUT, handle, starts)
        for queue in (ROUTER_COMMANDS, ROUTER_EVENTS)
    ]

    def stop() -> None:
        for consumer in consumers:
            consumer.stop()

    every = max(policy.pause / 15, timedelta(milliseconds=20))
    async with (
        running(
            *((f"router.{i}", consumer.run()) for i, consumer in enumerate(consumers)), stop=stop
        ),
        running(("router.timers", watch(DatabaseTimers(database), broker, every=every))),
    ):
        yield health_app({"broker": broker.ping, "database": database.ping})
