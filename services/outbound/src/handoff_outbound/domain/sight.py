"""What a decision sees under the conversation's lock, and what it can decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from handoff_outbound.domain.attempt import Attempt
from handoff_outbound.domain.restore import Restore


@dataclass(frozen=True, slots=True)
class Fence:
    """The conversation as far as sending goes."""

    epoch: int
    window_id: UUID | None
    """The message that holds the send window."""

    def stops(self, attempt: Attempt) -> bool:
        """Say whether the attempt may not start its way; the epoch only fences automatic ones."""
        moved = attempt.automatic and attempt.epoch != self.epoch
        return moved or self.window_id != attempt.key.message_id


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything is read after the lock was taken."""

    now: datetime
    """By the machine's clock, like every deadline of the ledger."""
    fence: Fence
    attempts: Mapping[int, Attempt]
    """All attempts of the message, by number."""
    reports: Mapping[int, str]
    """The Sid of each attempt that Twilio has called back about: the proof that it was accepted."""
    others: Sequence[Attempt] = ()
    """Other messages of the conversation: those that own a listed Sid, and the unresolved."""
    restores: Sequence[Restore] = ()
    queued_at: datetime | None = None
    """When the router queued the message."""
    closes_at: datetime | None = None
    """When WhatsApp's window closes; None: the customer never wrote."""

    def proof(self) -> str | None:
        """Return the Sid under which Twilio has the message, if any attempt of it was accepted."""
        for sid in self.reports.values():
            return sid
        for attempt in self.attempts.values():
            if attempt.state == "accepted":
                return attempt.message_sid or ""
        return None


@dataclass(frozen=True, slots=True)
class Claim:
    """Store the attempt; then POST, unless the claim has grown too old meanwhile."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Settle:
    """Store the attempt; then publish its result, if it has one."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Look:
    """Store the attempt, leased; then search Twilio's list for it."""

    attempt: Attempt
    since: datetime
    """When the search begins: whatever Twilio accepted before that is in the list."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Publish the stored result again."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Later:
    """Another attempt of the same message is still open: ask again."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody else's business, or nobody's."""


Verdict: TypeAlias = Claim | Settle | Look | Repeat | Later | Leave
Choose: TypeAlias = Callable[[Sight], Verdict]
