"""Conversations and messages as operators read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events import Brief, HandoffReason, OwnerKind
from handoff_common.timing import WINDOW
from handoff_operator_api.domain.cursor import Position

View: TypeAlias = Literal["waiting", "mine", "human", "bot", "all", "closed"]
Author: TypeAlias = Literal["customer", "bot", "system", "operator"]
Status: TypeAlias = Literal[
    "received", "queued", "released", "doubtful",
    "accepted", "refused", "superseded", "unconfirmed", "given_up",
]  # fmt: skip
Receipt: TypeAlias = Literal["delivered", "read", "failed", "undelivered"]

OVERLAP = timedelta(seconds=60)
"""A commit may be later than the moment that it names: what changed is asked for from before."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers: the bot, a queue, or one operator (`claiming` while a takeover settles)."""

    kind: OwnerKind
    operator_id: UUID | None
    operator_name: str | None


@dataclass(frozen=True, slots=True)
class LastMessage:
    """How far the message of the preview got."""

    author: Author
    status: Status | Receipt
    """Ours, until Twilio has told how it ended."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How the last handoff ended; the customer has not written since."""

    at: datetime
    outcome: str
    """`resolved`, `unresolved` or `no_answer`."""
    operator_name: str | None
    """Who had it last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One row of the inbox."""

    id: UUID
    customer: str
    """The channel address as Twilio gave it."""
    profile_name: str
    owner: Owner
    epoch: int
    """To be sent with commands."""
    version: int
    """Raised at each change: of two readings the higher one is the newer."""
    seq: int
    """Number of the last message."""
    last_inbound_at: datetime | None
    """When the customer last wrote."""
    updated_at: datetime
    preview: str
    last: LastMessage | None
    waiting_since: datetime | None
    overdue_at: datetime | None
    """Since when nobody has claimed it in time; none while in time."""
    handoff_reason: HandoffReason | str | None
    """Of the open handoff."""
    closed: Closing | None
    """None while there is something left to do."""

    def position(self, view: View) -> Position:
        """Return where it stands in a view: by its wait, its closing, or its last change."""
        moment: datetime | None = None
        if view == "waiting":
            moment = self.waiting_since
        elif view == "closed" and self.closed is not None:
            moment = self.closed.at
        return Position(moment or self.updated_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A human episode, as it is while somebody may still take it."""

    id: UUID
    reason: HandoffReason | str
    """More may come to be: name those that are known."""
    opened_at: datetime
    claimed_at: datetime | None
    granted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(Handoff):
    """A human episode of a conversation, open or over."""

    opened_seq: int
    """It stands after this message."""
    operator_id: UUID | None
    operator_name: str | None
    """Who claimed it last."""
    closed_at: datetime | None
    outcome: str
    """`returned`, `resolved`, `unresolved` or `no_answer`; empty while it is open."""
    note: str
    brief: Brief | None
    """Follows the handoff within about a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is to do."""

    waiting: int
    mine: int
    unanswered: int
    """Of mine, those where the last word is not an operator's."""
    oldest_waiting_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread(Conversation):
    """One conversation, opened."""

    business: str
    created_at: datetime
    window_open_until: datetime | None
    """Free text only until then; none if the customer never wrote."""
    opted_out: bool
    note: str
    """The hand-back note of the last handoff."""
    handoff: Handoff | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation."""

    id: UUID
    seq: int
    author: Author
    operator_id: UUID | None
    operator_name: str | None
    text: str
    created_at: datetime
    status: Status
    delivery: str
    """Twilio's status, or empty."""
    code: int | None
    """Twilio's error code; 0 when we gave up by ourselves."""
    automatic: bool
    attempt: int
    can_decide: bool
    """Nobody knows whether it arrived, and it is the reader's to decide: resend, or let it be."""
    sources: tuple[str, ...]
    """Knowledge base entries that a bot's answer rests on."""


def window_open_until(last_inbound_at: datetime | None) -> datetime | None:
    """Return when WhatsApp's window closes, or closed."""
    return None if last_inbound_at is None else last_inbound_at + WINDOW


def can_decide(*, status: str, doubt_is_last: bool, author: UUID | None, reader: UUID) -> bool:
    """Tell whether a message waits for its author's word, and the reader is the author."""
    return status == "doubtful" and doubt_is_last and author == reader
