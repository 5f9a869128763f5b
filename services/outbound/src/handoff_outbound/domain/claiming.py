"""Who may start a message on its way: decided before every attempt, first or retry."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from handoff_common.events import MessageReleased
from handoff_common.timing import WINDOW, Timing
from handoff_outbound.domain.attempt import (
    OPEN,
    Attempt,
    accepted,
    begun,
    forgotten,
    refused,
    submitting,
    superseded,
)
from handoff_outbound.domain.errors import WINDOW_CLOSED, reason
from handoff_outbound.domain.restore import lost_time
from handoff_outbound.domain.sight import Claim, Later, Leave, Repeat, Settle, Sight, Verdict

GAVE_UP = "Não foi possível enviar: o WhatsApp (Twilio) não aceitou a mensagem a tempo."


def first(sight: Sight, release: MessageReleased, claim: UUID, timing: Timing) -> Verdict:
    """Decide about a release, which may come twice, late, or after the router gave it up."""
    own = sight.attempts.get(release.attempt)
    if own is not None:
        return _known(own, claim)
    attempt = begun(release, claim, sight.now, sight.queued_at)
    sid = sight.proof()
    if sid is not None:
        return Settle(accepted(attempt, sid, sight.now))
    if any(other.state in OPEN for other in sight.attempts.values()):
        return Later()
    if sight.fence.window_id != release.message_id or _is_overtaken(sight, attempt):
        return Leave()  # the router has given it up, or an operator asked for the next attempt
    seen = (sight.queued_at, *(other.updated_at for other in sight.attempts.values()))
    stopped = _stopped(sight, attempt, seen, timing)
    if stopped is not None:
        return Settle(stopped)
    return _in_time(sight, attempt, claim, timing)


def again(sight: Sight, own: Attempt, claim: UUID, timing: Timing) -> Verdict:
    """Decide about an attempt that waits to be made again, under the same fence as at first."""
    sid = sight.proof()
    if sid is not None:
        return Settle(accepted(own, sid, sight.now))
    stopped = _stopped(sight, own, (own.updated_at,), timing)
    if stopped is not None:
        return Settle(stopped)
    return _in_time(sight, own, claim, timing)


def given_up(sight: Sight, attempt: Attempt, timing: Timing) -> Attempt | None:
    """Return the attempt refused, if it is too late to say what it says; else None.

    Nobody wants an automatic message half an hour late. What a person wrote stays true as long as
    WhatsApp lets us say it, until its window closes, but not for days. The refusal tells what it
    waited for last. Outside its window WhatsApp would take anything, and deliver nothing.
    """
    waited = sight.now - attempt.created_at
    if sight.closes_at is not None and sight.now >= sight.closes_at:
        code = attempt.code or WINDOW_CLOSED
    elif waited >= (timing.hopeless if attempt.automatic or sight.closes_at is None else WINDOW):
        code = attempt.code or 0
    else:
        return None
    return refused(attempt, code, reason(code) if code else GAVE_UP, sight.now)


def _in_time(sight: Sight, attempt: Attempt, claim: UUID, timing: Timing) -> Verdict:
    late = given_up(sight, attempt, timing)
    if late is not None:
        return Settle(late)
    return Claim(submitting(attempt, claim, sight.now, timing.orphaned))


def _stopped(
    sight: Sight, attempt: Attempt, seen: Iterable[datetime | None], timing: Timing
) -> Attempt | None:
    """Return what becomes of an attempt that may not start its way; None: it may."""
    lost = lost_time(sight.restores, seen)
    if lost is not None:
        return forgotten(attempt, lost, sight.now, timing.checks[-1])
    return superseded(attempt, sight.now) if sight.fence.stops(attempt) else None


def _is_overtaken(sight: Sight, attempt: Attempt) -> bool:
    return max(sight.attempts, default=0) > attempt.key.attempt


def _known(own: Attempt, claim: UUID) -> Verdict:
    """Decide about a release whose attempt is in the ledger: it is never sent because of that."""
    if own.state == "submitting" and own.claim == claim:
        return Claim(own)  # ours: committed, but the database was lost before it could say so
    if own.result is not None:
        return Repeat(own)
    return Leave()  # its worker or the poller drives it
