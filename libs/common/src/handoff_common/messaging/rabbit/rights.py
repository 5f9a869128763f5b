"""Who may do what on RabbitMQ: a user for each service, as there is a login on PostgreSQL.

A service consumes the queues that begin with its name, and publishes what is listed here. The
default exchange would reach every queue, so nobody writes there but the router, whose answers go to
queues that callers have made for themselves.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from handoff_common.events import (
    BaseEvent,
    BotEscalated,
    BotFailed,
    BotReplied,
    BotRequested,
    ClaimRequested,
    CloseRequested,
    ConversationChanged,
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
from handoff_common.messaging.rabbit.names import DEAD, EVENTS, HINTS, OBSERVER, delay_name
from handoff_common.messaging.topology import TOPOLOGY, Topology

Service: TypeAlias = Literal["ingress", "router", "bot", "outbound", "operator_api", "simulator"]
SERVICES: tuple[Service, ...] = get_args(Service)
OWNER = "handoff_owner"
"""Declares everything, and replays dead letters: for `handoff broker` and `handoff dlq`."""
VHOST = "handoff"

PUBLISHES: Mapping[Service, frozenset[type[BaseEvent]]] = {
    "ingress": frozenset({CustomerWrote, DeliveryReported}),
    "router": frozenset({BotRequested, HandoffOpened, MessageReleased, TimerFired}),
    "bot": frozenset({BotReplied, BotEscalated, BotFailed, HandoffBriefed}),
    "outbound": frozenset(
        {CustomerWrote, MessageAccepted, MessageRefused, MessageDoubtful, MessageSuperseded}
    ),
    "operator_api": frozenset(
        {ClaimRequested, ReplyRequested, ReturnRequested, CloseRequested, DoubtDecided}
    ),
}
HINTS_GIVEN: Mapping[Service, frozenset[type[BaseEvent]]] = {
    "router": frozenset({ConversationChanged})
}
HINTS_TAKEN: Mapping[Service, frozenset[type[BaseEvent]]] = {
    "operator_api": frozenset({ConversationChanged})
}
OBSERVES: frozenset[Service] = frozenset({"simulator"})
"""Who sees copies of everything, and does nothing else."""
_ANSWERS = "amq.default"
_OWN_QUEUES = {
    "operator_api": r"(replies|hints)\.[0-9a-f]+",
    "simulator": rf"{OBSERVER}\.[0-9a-f]+",
}
_NOTHING = "^$"


@dataclass(frozen=True, slots=True)
class Rights:
    """Patterns of the names that may be declared, written to and read from.

    `topics` narrows an exchange down to routing keys: those to publish with, those to bind with.
    """

    configure: str = _NOTHING
    write: str = _NOTHING
    read: str = _NOTHING
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])


def rights_of(service: Service, topology: Topology = TOPOLOGY) -> Rights:
    """Return what a service needs, and no more."""
    consumed = [name for name in topology.queues if name.startswith(f"{service}.")]
    written = {EVENTS: _types(PUBLISHES[service])} if service in PUBLISHES else {}
    if service in HINTS_GIVEN:
        written[HINTS] = _types(HINTS_GIVEN[service])
    if consumed:
        # Its own work, put off or given up, under the name of the queue that it came from.
        put_aside = [DEAD, *(delay_name(delay) for delay in topology.retry_delays)]
        written |= dict.fromkeys(put_aside, _exactly(consumed))
    topics = {exchange: (keys, _NOTHING) for exchange, keys in written.items()}
    if service in HINTS_TAKEN:
        topics[HINTS] = (_NOTHING, _types(HINTS_TAKEN[service]))
    if service in OBSERVES:
        topics |= dict.fromkeys((EVENTS, HINTS), (_NOTHING, ".*"))
    own = [_OWN_QUEUES[service]] if service in _OWN_QUEUES else []
    exchanges = [*written, *([_ANSWERS] if service == "router" else [])]
    return Rights(
        configure=_any_of(own),
        write=_any_of([*map(re.escape, exchanges), *own]),
        read=_any_of([*map(re.escape, consumed), *_heard(service), *own]),
        topics=topics,
    )


def definitions(vhost: str = VHOST, *, prefix: str = "") -> dict[str, Any]:
    """Return the virtual host, users and rights as RabbitMQ imports them; no password is in it.

    The queues are not: `handoff broker declare` makes them. `prefix`: of the users' names.
    """
    users = {prefix + login_of(service): rights_of(service) for service in SERVICES}
    users[prefix + OWNER] = Rights(configure=".*", write=".*", read=".*")
    return {
        "vhosts": [{"name": vhost}],
        "users": [{"name": name, "tags": ""} for name in users],
        "permissions": [
            {
                "user": name,
                "vhost": vhost,
                "configure": rights.configure,
                "write": rights.write,
                "read": rights.read,
            }
            for name, rights in users.items()
        ],
        "topic_permissions": [
            {"user": name, "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for name, rights in users.items()
            for exchange, (write, read) in rights.topics.items()
        ],
    }


def login_of(service: Service) -> str:
    return f"handoff_{service}_login"


def _heard(service: Service) -> list[str]:
    if service in OBSERVES:
        return [EVENTS, HINTS]
    return [HINTS] if service in HINTS_TAKEN else []


def _types(events: Iterable[type[BaseEvent]]) -> str:
    return _exactly(sorted(event_type(event) for event in events))


def _exactly(names: Iterable[str]) -> str:
    return _any_of([re.escape(name) for name in names])


def _any_of(patterns: list[str]) -> str:
    return f"^({'|'.join(patterns)})$" if patterns else _NOTHING
