"""Every repair taken away, with the promise that must break: the test of the test.

Most repairs are needed alone. Some guard the same gap from two sides: either one suffices, so they
are taken away together, and `BACKUPS` says that each of them alone may be missing.
"""

from dataclasses import dataclass, replace

from model.explore import Exploration, explore
from model.invariants import Promise
from model.rules import Rules
from model.state import Scope


@dataclass(frozen=True)
class Variant:
    """Repairs taken away, the promise this must break, and the smallest scope that shows it."""

    without: tuple[str, ...]
    breaks: Promise
    scope: Scope

    @property
    def name(self) -> str:
        return " + ".join(self.without)

    def explore(self) -> Exploration:
        """Look for the shortest way to the promise's end."""
        return explore(self.scope, without(*self.without), frozenset({self.breaks}))


def without(*repairs: str) -> Rules:
    """Return the protocol with some repairs taken away."""
    return replace(Rules(), **dict.fromkeys(repairs, False))


FULL = (
    Scope(automatic=1, operator=2, claims=1, returns=1, faults=2, redeliveries=1),
    Scope(automatic=2, operator=1, claims=1, handoffs=1, returns=1, faults=2),
    Scope(automatic=2, operator=1, claims=1, returns=1, faults=2, redeliveries=1),
    Scope(automatic=1, operator=1, claims=1, returns=1, faults=3, redeliveries=1),
    Scope(operator=2, claims=1, returns=1, faults=3, redeliveries=1),
    Scope(automatic=1, operator=1, claims=2, returns=1, faults=2, redeliveries=1),
    Scope(automatic=2, claims=1, faults=3, redeliveries=1),
    Scope(questions=2, operator=1, claims=1, returns=1, faults=2),
    Scope(questions=1, operator=1, claims=2, returns=2, faults=1, redeliveries=1),
)
"""What is explored in full: every shape has its own bound, because their product is too large."""

SHORT = (
    Scope(automatic=2, operator=1, claims=1, handoffs=1, returns=1, faults=1),
    Scope(automatic=1, operator=1, claims=1, returns=1, faults=2),
    Scope(operator=2, claims=1, returns=1, faults=2),
    Scope(automatic=1, operator=1, claims=1, returns=1, faults=1, redeliveries=2),
    Scope(automatic=1, claims=2, returns=1, faults=1, redeliveries=1),
    Scope(questions=2, operator=1, claims=1, returns=1, faults=1),
)
"""The same with smaller budgets, for every run of the tests."""

BOT = Scope(automatic=1)
TAKEOVER = Scope(automatic=1, claims=1)
QUESTION = Scope(questions=1, claims=1, returns=1)
REPLY = Scope(operator=1, claims=1)

VARIANTS = (
    Variant(
        ("fence_at_first_claim", "takeover_takes_window_back"), Promise.NOT_OVER_HUMAN, TAKEOVER
    ),
    Variant(
        ("fence_at_first_claim", "takeover_drops_queued"),
        Promise.NOT_OVER_HUMAN,
        TAKEOVER._replace(automatic=2),
    ),
    Variant(
        ("fence_at_retry", "takeover_takes_window_back"),
        Promise.NOT_OVER_HUMAN,
        TAKEOVER._replace(faults=1),
    ),
    Variant(
        ("fence_at_retry", "not_sent_rereads_epoch"),
        Promise.NOT_OVER_HUMAN,
        TAKEOVER._replace(faults=2),
    ),
    Variant(("claim_requires_window",), Promise.SHOWN_TRULY, BOT._replace(faults=1)),
    Variant(("lost_window_ends_row",), Promise.NOTHING_STUCK, TAKEOVER._replace(faults=1)),
    Variant(("submitting_before_post",), Promise.NOT_OVER_HUMAN, TAKEOVER),
    Variant(("outbound_locks_first",), Promise.NOT_TWICE, BOT._replace(redeliveries=1)),
    Variant(("redelivery_never_posts",), Promise.NOT_TWICE, BOT._replace(redeliveries=1)),
    Variant(("young_claims_only",), Promise.NOT_OVER_HUMAN, TAKEOVER._replace(faults=1)),
    Variant(("operators_unfenced",), Promise.NOTHING_LOST, REPLY._replace(returns=1)),
    Variant(("decided_rows_stay",), Promise.NOT_BACKWARDS, BOT._replace(faults=2)),
    Variant(("results_stay_due",), Promise.SHOWN_TRULY, TAKEOVER._replace(faults=2)),
    Variant(("poller_retries",), Promise.NOTHING_STUCK, BOT._replace(faults=1)),
    Variant(("orphans_found",), Promise.NOTHING_STUCK, BOT._replace(faults=1)),
    Variant(("orphans_doubtful",), Promise.NOT_TWICE, BOT._replace(faults=1)),
    Variant(("automatic_doubt_not_resent",), Promise.NOT_TWICE, BOT._replace(faults=2)),
    Variant(("window_of_one",), Promise.IN_ORDER, BOT._replace(automatic=2)),
    Variant(("giving_up_clears_window",), Promise.SHOWN_TRULY, BOT._replace(faults=1)),
    Variant(
        ("undecided_doubt_holds_window",),
        Promise.IN_ORDER,
        REPLY._replace(operator=2, faults=1),
    ),
    Variant(("undecided_doubt_times_out",), Promise.NOTHING_STUCK, REPLY._replace(faults=1)),
    Variant(("automatic_unknown_frees_window",), Promise.NOTHING_STUCK, BOT._replace(faults=1)),
    Variant(
        ("young_doubt_holds_window",),
        Promise.IN_ORDER,
        TAKEOVER._replace(operator=1, faults=1),
    ),
    Variant(("overdue_releases_again",), Promise.NOTHING_STUCK, BOT._replace(faults=1)),
    Variant(("overdue_keeps_attempt",), Promise.NOT_TWICE, BOT._replace(redeliveries=1)),
    Variant(("takeover_waits",), Promise.NOT_OVER_HUMAN, TAKEOVER),
    Variant(("settling_has_timer",), Promise.NOTHING_STUCK, TAKEOVER._replace(faults=1)),
    Variant(("handoff_text_under_new_epoch",), Promise.NOTHING_LOST, BOT._replace(handoffs=1)),
    Variant(("owner_read_under_lock",), Promise.ONE_OWNER, Scope(claims=2)),
    Variant(("ledger_read_under_lock",), Promise.NOT_OVER_HUMAN, TAKEOVER),
    Variant(("ledger_decides",), Promise.NOT_BACKWARDS, BOT._replace(faults=2)),
    Variant(("returned_questions_asked",), Promise.NOBODYS, QUESTION),
    Variant(("unsaid_gives_back",), Promise.NOBODYS, QUESTION),
    Variant(("late_unsaid_gives_back",), Promise.NOBODYS, QUESTION._replace(faults=1)),
    Variant(("late_results_shown",), Promise.SHOWN_TRULY, TAKEOVER._replace(faults=1)),
)

BACKUPS: tuple[str, ...] = (
    "fence_at_first_claim",
    "fence_at_retry",
    "takeover_takes_window_back",
    "takeover_drops_queued",
    "not_sent_rereads_epoch",
)
"""Repairs of which each alone may be missing, because another one stands behind it."""

BEHIND = Scope(automatic=2, operator=1, claims=1, returns=1, faults=1)
"""Where each backup alone is taken away."""
