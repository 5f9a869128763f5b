"""What an attempt becomes: by what its POST came to, by time, and by what is found out later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from handoff_common.timing import Timing
from handoff_outbound.domain.attempt import (
    UNRESOLVED,
    Attempt,
    Key,
    accepted,
    doubtful,
    refused,
    superseded,
    unknown,
    waiting,
)
from handoff_outbound.domain.claiming import again, given_up
from handoff_outbound.domain.matching import Listed, ours
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused
from handoff_outbound.domain.sight import Claim, Leave, Look, Settle, Sight, Verdict


def recorded(
    sight: Sight, posted: Attempt, outcome: Outcome, pause: timedelta, timing: Timing
) -> Verdict:
    """Decide what the worker that `posted` may write: late, it may only add certainty."""
    own = sight.attempts.get(posted.key.attempt)
    if own is None or own.claim != posted.claim or own.state not in UNRESOLVED:
        return Leave()
    is_late = own.state != "submitting"
    match outcome:
        case Accepted(sid):
            return Settle(accepted(own, sid, sight.now))
        case Refused(code, reason):
            return Settle(refused(own, code, reason, sight.now))
        case NotProcessed(code=code) if not is_late:
            return _put_off(sight, replace(own, code=code), pause, timing)
        case Doubtful() if not is_late:
            return Settle(doubtful(own, sight.now, timing.checks[0]))
        case _:
            return Leave()


def due(sight: Sight, key: Key, claim: UUID, timing: Timing) -> Verdict:
    """Decide about an attempt that the poller found: due, or proved by a report."""
    own = sight.attempts.get(key.attempt)
    if own is None:
        return Leave()
    if own.state == "submitting" and own.claim == claim:
        return Claim(own)  # ours: committed, but the database was lost before it could say so
    sid = sight.reports.get(key.attempt)
    if own.state in ("doubtful", "unknown") and sid is not None:
        return Settle(accepted(own, sid, sight.now))
    if own.next_at is None or own.next_at > sight.now:
        return Leave()  # another replica was here
    return _overdue(sight, own, claim, timing)


def checked(sight: Sight, look: Look, listed: Sequence[Listed] | None, timing: Timing) -> Verdict:
    """Decide about a doubtful attempt, by Twilio's list; None: it could not be read."""
    own = sight.attempts.get(look.attempt.key.attempt)
    if own is None or own.state != "doubtful":
        return Leave()
    sid = sight.reports.get(own.key.attempt) or _listed_sid(sight, own, listed, timing)
    if sid is not None:
        return Settle(accepted(own, sid, sight.now))
    age = look.since - own.claimed_at
    own = replace(own, checks=own.checks + 1, updated_at=sight.now)
    coming = [check for check in timing.checks if check > age]
    if coming:
        return Settle(replace(own, next_at=own.claimed_at + coming[0]))
    if listed is None and age < 2 * timing.checks[-1]:
        return Settle(replace(own, next_at=sight.now + timing.checks[0] / 4))
    return Settle(unknown(own, sight.now))


def _overdue(sight: Sight, own: Attempt, claim: UUID, timing: Timing) -> Verdict:
    if own.state == "waiting":
        return again(sight, own, claim, timing)
    if own.state == "doubtful":
        leased = replace(own, next_at=sight.now + timing.orphaned, updated_at=sight.now)
        return Look(leased, since=sight.now)
    # `submitting`: its worker is gone, or so late that it may only add certainty.
    sid = sight.reports.get(own.key.attempt)
    if sid is not None:
        return Settle(accepted(own, sid, sight.now))
    return Settle(doubtful(own, sight.now, timing.checks[0]))


def _listed_sid(
    sight: Sight, own: Attempt, listed: Sequence[Listed] | None, timing: Timing
) -> str | None:
    others = [other for number, other in sight.attempts.items() if number != own.key.attempt]
    return ours(own, listed or (), [*sight.others, *others], timing.orphaned)


def _put_off(sight: Sight, own: Attempt, pause: timedelta, timing: Timing) -> Verdict:
    """Decide about what was not processed: the fence may have closed since the claim."""
    if sight.fence.stops(own):
        return Settle(superseded(own, sight.now))
    late = given_up(sight, own, timing)
    return Settle(late or waiting(own, sight.now, pause))
