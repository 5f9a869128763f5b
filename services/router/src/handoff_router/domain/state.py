"""A conversation as the transition sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events import OwnerKind


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot answers."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A handoff is open and nobody has claimed it; the bot has stepped back."""

    department: str = ""
    overdue_at: datetime | None = None
    """When it had waited too long; none while it is in time."""


@dataclass(frozen=True, slots=True)
class Claiming:
    """An operator took over, and a message of the bot's is still on its way: it settles first."""

    operator: UUID


@dataclass(frozen=True, slots=True)
class Human:
    """One operator answers, and nobody else."""

    operator: UUID


Owner: TypeAlias = Bot | Waiting | Claiming | Human

KINDS: dict[type[Owner], OwnerKind] = {
    Bot: "bot",
    Waiting: "waiting",
    Claiming: "claiming",
    Human: "human",
}


def operator_of(owner: Owner) -> UUID | None:
    """Return who holds the conversation, if a person does."""
    return owner.operator if isinstance(owner, Claiming | Human) else None


TurnState: TypeAlias = Literal["idle", "pausing", "running"]


@dataclass(frozen=True, slots=True)
class Turn:
    """The bot's turn: it answers a whole burst, so it waits until the customer pauses."""

    number: int = 0
    state: TurnState = "idle"
    upto: int = 0
    """Customer messages up to this number wait for nobody: answered, or declared done."""
    asked: int = 0
    """The number up to which the running turn reads."""
    since: datetime | None = None
    """When the first message that waits for an answer reached us."""
    superseded: int = 0
    """How many turns in a row the customer overtook by writing on."""


OpenStatus: TypeAlias = Literal["queued", "released", "doubtful"]


@dataclass(frozen=True, slots=True)
class Ended:
    """A message that has its final state already."""

    status: str
    automatic: bool
    attempt: int = 1
    seq: int = 0
    answers_after: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to the customer that has no final state yet."""

    id: UUID
    seq: int
    text: str
    automatic: bool
    epoch: int
    queued_at: datetime
    operator: UUID | None = None
    status: OpenStatus = "queued"
    attempt: int = 1
    releases: int = 0
    doubt_is_last: bool = False
    """Doubtful, and outbound has no check left: its operator decides."""
    answers_after: int | None = None
    """Of an answer of the bot's (its first part): what the customer wrote after this number waits
    for an answer again if the message is never said."""

    def ended(self, status: str) -> Ended:
        """Return what is still known of it once it has its final state."""
        return Ended(status, self.automatic, self.attempt, self.seq, self.answers_after)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation under its row lock."""

    id: UUID
    customer: str
    business: str
    owner: Owner = Bot()  # frozen and empty
    epoch: int = 0
    version: int = 0
    seq: int = 0
    turn: Turn = Turn()  # frozen
    handoff: UUID | None = None
    window: UUID | None = None
    """The message that holds the send window."""
    outbox: tuple[Outgoing, ...] = ()
    """Open outgoing messages, in the order in which the customer should read them."""
    inbound_seq: int = 0
    """Number of the customer's last message."""
    last_inbound_at: datetime | None = None
    opted_out: bool = False
    note: str = ""
    note_seq: int = 0


LedgerState: TypeAlias = Literal[
    "none", "submitting", "waiting", "doubtful", "unknown", "accepted", "refused", "superseded"
]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What outbound's ledger says of a message, read under the conversation's lock."""

    state: LedgerState = "none"
    attempt: int = 1
    sid: str | None = None
    code: int | None = None
    claimed_at: datetime | None = None
    """When its last attempt was claimed, by the business's clock as it is now."""


NOTHING = Ledger()
