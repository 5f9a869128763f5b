"""One attempt to send one message, and how it goes on from each state.

Rule 1: `submitting` is committed before the POST, so an attempt that a crash left behind is seen.
Rule 2: what is doubtful never goes back to be sent: it becomes accepted, refused or unknown.
Rule 3: a state that the router must hear of carries its result event, stored in one transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from handoff_common.events import (
    AnyResult,
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageReleased,
    MessageSuperseded,
)
from handoff_common.ids import derived_id
from handoff_outbound.domain.restore import Restore

State: TypeAlias = Literal[
    "submitting", "waiting", "doubtful", "accepted", "refused", "superseded", "unknown"
]
OPEN: frozenset[State] = frozenset({"submitting", "waiting", "doubtful"})
"""The attempt may still become something else by itself."""
UNRESOLVED: frozenset[State] = frozenset({"submitting", "doubtful", "unknown"})
"""Twilio may have the message, and we don't know under which Sid."""


class Key(NamedTuple):
    """Names an attempt, and the conversation whose lock covers it."""

    conversation_id: UUID
    message_id: UUID
    attempt: int


class Errand(NamedTuple):
    """An attempt that somebody should look after now."""

    key: Key
    business: str


@dataclass(frozen=True, slots=True)
class Attempt:
    key: Key
    epoch: int
    automatic: bool
    customer: str
    business: str
    text: str
    trace: str
    created_at: datetime
    """When the message was queued."""
    updated_at: datetime
    claim: UUID
    """Which worker has it; a new one for each POST."""
    claimed_at: datetime
    state: State = "submitting"
    claims: int = 1
    next_at: datetime | None = None
    """When the poller looks at it next."""
    checks: int = 0
    """How often Twilio's list was searched for it."""
    message_sid: str | None = None
    code: int | None = None
    """Of the refusal; while the attempt is open, of our configuration's, for which it waits."""
    result: AnyResult | None = None
    unpublished: bool = False


def begun(
    release: MessageReleased, claim: UUID, now: datetime, queued_at: datetime | None = None
) -> Attempt:
    """Return the first row of an attempt, held by nobody yet."""
    return Attempt(
        key=key_of(release),
        epoch=release.epoch,
        automatic=release.automatic,
        customer=release.customer,
        business=release.business,
        text=release.text,
        trace=release.trace,
        created_at=min(queued_at or now, now),
        updated_at=now,
        claim=claim,
        claimed_at=now,
        claims=0,
    )


def key_of(release: MessageReleased) -> Key:
    return Key(release.conversation_id, release.message_id, release.attempt)


def submitting(attempt: Attempt, claim: UUID, now: datetime, orphaned: timedelta) -> Attempt:
    """Return the attempt held by this claim, from just before its POST."""
    return replace(
        attempt,
        state="submitting",
        claim=claim,
        claims=attempt.claims + 1,
        claimed_at=now,
        updated_at=now,
        next_at=now + orphaned,
    )


def waiting(attempt: Attempt, now: datetime, pause: timedelta) -> Attempt:
    """Return the attempt to be made later: Twilio did not process it."""
    return replace(attempt, state="waiting", updated_at=now, next_at=now + pause)


def accepted(attempt: Attempt, sid: str, now: datetime) -> Attempt:
    result = MessageAccepted(
        id=_id(attempt, "message.accepted.v1"),
        time=now,
        trace=attempt.trace,
        conversation_id=attempt.key.conversation_id,
        message_id=attempt.key.message_id,
        attempt=attempt.key.attempt,
        message_sid=sid,
    )
    return replace(_ended(attempt, "accepted", result), message_sid=sid)


def refused(attempt: Attempt, code: int, reason: str, now: datetime) -> Attempt:
    result = MessageRefused(
        id=_id(attempt, "message.refused.v1"),
        time=now,
        trace=attempt.trace,
        conversation_id=attempt.key.conversation_id,
        message_id=attempt.key.message_id,
        attempt=attempt.key.attempt,
        code=code,
        reason=reason,
    )
    return replace(_ended(attempt, "refused", result), code=code)


def superseded(attempt: Attempt, now: datetime) -> Attempt:
    result = MessageSuperseded(
        id=_id(attempt, "message.superseded.v1"),
        time=now,
        trace=attempt.trace,
        conversation_id=attempt.key.conversation_id,
        message_id=attempt.key.message_id,
        attempt=attempt.key.attempt,
    )
    return _ended(attempt, "superseded", result)


def forgotten(attempt: Attempt, lost: Restore, now: datetime, last_check: timedelta) -> Attempt:
    """Return the attempt that may have been made in the time that a restore took back.

    Twilio's list is searched for it from the backup on, once: when everything that was sent before
    the restore has surely come into the list.
    """
    doubted = doubtful(replace(attempt, claimed_at=lost.taken_at), now, last_check)
    return replace(doubted, next_at=max(now, lost.restored_at + last_check))


def doubtful(attempt: Attempt, now: datetime, first_check: timedelta) -> Attempt:
    """Return the attempt of which nobody knows; `first_check` counts from the claim."""
    ended = _ended(attempt, "doubtful", _doubt(attempt, now, last=False))
    return replace(ended, next_at=attempt.claimed_at + first_check)


def unknown(attempt: Attempt, now: datetime) -> Attempt:
    """Return the attempt after its last check: only a late report can still resolve it."""
    return _ended(attempt, "unknown", _doubt(attempt, now, last=True))


def _doubt(attempt: Attempt, now: datetime, *, last: bool) -> MessageDoubtful:
    what = "message.doubtful.v1/last" if last else "message.doubtful.v1"
    return MessageDoubtful(
        id=_id(attempt, what),
        time=now,
        trace=attempt.trace,
        conversation_id=attempt.key.conversation_id,
        message_id=attempt.key.message_id,
        attempt=attempt.key.attempt,
        last=last,
    )


def _ended(attempt: Attempt, state: State, result: AnyResult) -> Attempt:
    return replace(
        attempt,
        state=state,
        updated_at=result.time,
        next_at=None,
        code=None,
        result=result,
        unpublished=True,
    )


def _id(attempt: Attempt, what: str) -> UUID:
    """Return an id of this outcome of this attempt: a later, better outcome has another one."""
    return derived_id(attempt.key.message_id, f"{what}/{attempt.key.attempt}")
