"""The product's side of the trace: its events, put together by phone.

Read leniently, field by field: an event of a newer release is shown as well as it can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from handoff_simulator.domain.trace import Lane, Owner, OwnerKind, Step, phone_of

_LANES: Mapping[str, Lane] = {
    "customer": "ingress",
    "delivery": "receipt",
    "bot": "bot",
    "handoff": "handoff",
    "message": "outbound",
    "command": "person",
}
"""By the subject of the type; all else is the router's."""
_EXCEPTIONS: Mapping[str, Lane] = {"bot.requested.v1": "router"}
_OWNERS: Mapping[str, OwnerKind] = {
    "bot": "bot", "waiting": "queue", "claiming": "claiming", "human": "person"
}  # fmt: skip
_JSON: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
REMEMBERED = 10_000

V = TypeVar("V")


class Recent(Generic[V]):
    """Remembers by key, and forgets what came first when it is full."""

    def __init__(self) -> None:
        self._known: dict[str, V] = {}

    def get(self, key: str) -> V | None:
        return self._known.get(key)

    def put(self, key: str, value: V) -> None:
        self._known.pop(key, None)
        self._known[key] = value
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def take(self, key: str) -> V | None:
        return self._known.pop(key, None)


class _Seen(BaseModel):
    """What the trace needs of any event; what is missing is empty."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: str = ""
    trace: str = ""
    conversation_id: str = ""
    message_id: str = ""
    message_sid: str = ""
    customer: str = ""
    handoff_id: str = ""
    operator_id: str | None = None
    owner: str | None = None
    turn: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A step, and who has the conversation now, if a person does."""

    step: Step
    operator_id: str = ""


@dataclass(slots=True)
class Story:
    """Remembers whose conversations they are, who has them, and when things began."""

    _phones: Recent[str] = field(default_factory=Recent[str])
    """By conversation, and by W3C trace: what follows from a message carries its trace."""
    _owners: Recent[tuple[str, str | None]] = field(default_factory=Recent[tuple[str, str | None]])
    _begun: Recent[float] = field(default_factory=Recent[float])

    def learn(self, conversation: str, phone: str) -> None:
        """Remember whose conversation it is."""
        if conversation and phone:
            self._phones.put(conversation, phone)

    def told(self, wire_type: str, body: bytes, seconds: float) -> Told:
        """Return the step that an event is; `seconds` by any clock that only moves forward."""
        detail, seen = _read(body)
        owner = self._owner(seen)
        step = Step(
            lane=_lane(wire_type, owner),
            name=wire_type,
            phone=self._phone(seen),
            took_ms=self._took(wire_type, seen, seconds),
            sid=seen.message_sid,
            message=seen.id if wire_type.startswith("customer.") else seen.message_id,
            conversation=seen.conversation_id,
            owner=owner,
            detail=detail,
        )
        return Told(step, (seen.operator_id or "") if owner is not None else "")

    def _phone(self, seen: _Seen) -> str:
        trace = _trace_id(seen.trace)
        phone = (
            phone_of(seen.customer)
            or self._phones.get(seen.conversation_id)
            or self._phones.get(trace)
            or ""
        )
        self.learn(seen.conversation_id, phone)
        self.learn(trace, phone)
        return phone

    def _owner(self, seen: _Seen) -> Owner | None:
        """Return the owner if it is another one than before; at first it is the bot."""
        kind = _OWNERS.get(seen.owner or "")
        if kind is None:
            return None
        before = self._owners.get(seen.conversation_id) or ("bot", None)
        self._owners.put(seen.conversation_id, (kind, seen.operator_id))
        return None if before == (kind, seen.operator_id) else Owner(kind)

    def _took(self, wire_type: str, seen: _Seen, seconds: float) -> int | None:
        """Return how long ago what this ends began: a turn, a send, a brief."""
        what, _, happened = wire_type.rpartition(".v")[0].partition(".")
        turn = f"turn/{seen.conversation_id}/{seen.turn}"
        send = f"send/{seen.message_id}/{seen.attempt}"
        brief = f"brief/{seen.handoff_id}"
        key = {"bot": turn, "message": send, "handoff": brief}.get(what)
        if key is None:
            return None
        if happened in ("requested", "released", "opened"):
            self._begun.put(key, seconds)
            return None
        begun = self._begun.take(key)
        return None if begun is None else round(1000 * (seconds - begun))


def _read(body: bytes) -> tuple[dict[str, JsonValue], _Seen]:
    try:
        detail = _JSON.validate_json(body)
    except ValidationError:
        return {"unreadable": True}, _Seen()
    try:
        return detail, _Seen.model_validate(detail)
    except ValidationError:
        return detail, _Seen()


def _lane(wire_type: str, owner: Owner | None) -> Lane:
    if owner is not None:
        return "person" if owner.kind == "person" else "handoff"
    known = _EXCEPTIONS.get(wire_type)
    return known or _LANES.get(wire_type.partition(".")[0], "router")


def _trace_id(traceparent: str) -> str:
    """Return the part of a `traceparent` that all that belongs together shares."""
    parts = traceparent.split("-")
    return f"trace/{parts[1]}" if len(parts) > 1 else ""
