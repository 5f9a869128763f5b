"""One click is one command: its id, what it asks for, what became of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from handoff_common.events import Refusal
from handoff_common.events.command import Command
from handoff_common.ids import CommandId, OperatorId, derived_id
from handoff_operator_api.domain.inbox import Owner

LIFE = timedelta(seconds=30)
"""After this a command that was not decided is refused: a click must not act minutes later."""
PATIENCE = timedelta(seconds=5)
"""How long the HTTP request waits for the router's answer."""

# Not content: made from the key, or different each time the same click is sent.
_ENVELOPE = frozenset(
    {"id", "time", "trace", "operator_id", "expires_at", "digest", "epoch_seen", "seq_seen"}
)
Result: TypeAlias = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the router made of a command."""

    command_id: UUID
    status: Result
    reason: Refusal | None
    owner: Owner | None
    """Who has the conversation now; none where the command did not get that far."""
    epoch: int
    version: int
    message_id: UUID | None
    """The message that a reply became."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Decision):
    """A decision as it is kept."""

    kind: str
    """The wire type of the command."""
    conversation_id: UUID
    decided_at: datetime
    text: str
    """Of a refused reply, so that nobody has to type it again; else empty."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """What is known of a command before it is sent."""

    now: datetime
    """By the database's clock, which the router checks the expiry with."""
    conversation_known: bool
    outcome: Outcome | None = None
    digest: str = ""


def command_id(operator: OperatorId, key: str) -> CommandId:
    """Return the id of the command that an operator's key names. Keys are each operator's own."""
    return CommandId(derived_id(operator, f"command/{key}"))


def next_id(operator: OperatorId, key: str, attempt: int) -> CommandId:
    """Return the id of the claim that a key's `attempt`-th try to take the next one makes."""
    return CommandId(derived_id(operator, f"next/{key}", attempt))


def digest(command: Command) -> str:
    """Return a hash of what the command asks for (hex).

    Without what the operator saw: a click repeated after a reload is the same click.
    """
    content: dict[str, Any] = command.model_dump(mode="json", exclude=set(_ENVELOPE))
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
