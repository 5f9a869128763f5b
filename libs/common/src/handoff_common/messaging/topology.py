"""Which queue gets which events. Both brokers are built from this, and nothing else is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handoff_common.events import (
    BaseEvent,
    BotEscalated,
    BotFailed,
    BotReplied,
    BotRequested,
    ClaimRequested,
    CloseRequested,
    CustomerWrote,
    DeliveryReported,
    DoubtDecided,
    HandoffBriefed,
    HandoffOpened,
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageReleased,
    MessageSuperseded,
    ReplyRequested,
    ReturnRequested,
    TimerFired,
    event_type,
)

ROUTER_EVENTS = "router.events"
ROUTER_COMMANDS = "router.commands"
BOT_TURNS = "bot.turns"
BOT_BRIEFS = "bot.briefs"
OUTBOUND_RELEASES = "outbound.releases"

QUEUES: Mapping[str, tuple[type[BaseEvent], ...]] = {
    ROUTER_EVENTS: (
        CustomerWrote,
        DeliveryReported,
        BotReplied,
        BotEscalated,
        BotFailed,
        HandoffBriefed,
        MessageAccepted,
        MessageRefused,
        MessageDoubtful,
        MessageSuperseded,
        TimerFired,
    ),
    # A queue of their own, so that a flood of customers never makes a click wait.
    ROUTER_COMMANDS: (
        ClaimRequested,
        ReplyRequested,
        ReturnRequested,
        CloseRequested,
        DoubtDecided,
    ),
    BOT_TURNS: (BotRequested,),
    # A queue of their own: a customer who waits for an answer never waits behind a brief.
    BOT_BRIEFS: (HandoffOpened,),
    OUTBOUND_RELEASES: (MessageReleased,),
}

RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))


@dataclass(frozen=True, slots=True)
class Topology:
    """Queues by name with the wire types bound to each, and the delays of the retry steps."""

    queues: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            name: tuple(event_type(event) for event in events) for name, events in QUEUES.items()
        }
    )
    retry_delays: tuple[timedelta, ...] = RETRY_DELAYS
    delivery_limit: int = 100
    """The broker's own limit on deliveries: a fuse only, the consumer counts starts itself."""

    def queues_of(self, wire_type: str) -> tuple[str, ...]:
        """Return the queues that want events of this type; none: publishing it is a bug."""
        return tuple(name for name, types in self.queues.items() if wire_type in types)

    def delay_of(self, attempt: int) -> timedelta:
        """Return how long to put off what was put off `attempt` times; the last step repeats."""
        return self.retry_delays[min(attempt, len(self.retry_delays) - 1)]

    def check(self, queue: str) -> None:
        """Raise `ValueError` for a queue that is not ours: a broker would have us wait for it."""
        if queue not in self.queues:
            raise ValueError(f"no queue {queue!r} in the topology")


TOPOLOGY = Topology()
