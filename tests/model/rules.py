"""The repairs, one switch each: all on is the protocol as built, one off shows what it is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The send protocol as switches; `variants.py` says what breaks without each."""

    # outbound: the claim
    fence_at_first_claim: bool = True
    fence_at_retry: bool = True
    claim_requires_window: bool = True
    lost_window_ends_row: bool = True
    submitting_before_post: bool = True
    outbound_locks_first: bool = True
    redelivery_never_posts: bool = True
    young_claims_only: bool = True
    operators_unfenced: bool = True

    # what outbound records
    not_sent_rereads_epoch: bool = True
    decided_rows_stay: bool = True
    results_stay_due: bool = True

    # outbound: the poller
    poller_retries: bool = True
    orphans_found: bool = True
    orphans_doubtful: bool = True
    automatic_doubt_not_resent: bool = True

    # router: the send window
    window_of_one: bool = True
    giving_up_clears_window: bool = True
    undecided_doubt_holds_window: bool = True
    undecided_doubt_times_out: bool = True
    automatic_unknown_frees_window: bool = True
    young_doubt_holds_window: bool = True
    overdue_releases_again: bool = True
    overdue_keeps_attempt: bool = True

    # router: changes of owner
    takeover_waits: bool = True
    takeover_takes_window_back: bool = True
    takeover_drops_queued: bool = True
    settling_has_timer: bool = True
    handoff_text_under_new_epoch: bool = True
    owner_read_under_lock: bool = True
    ledger_read_under_lock: bool = True

    # router: what waits for an answer
    returned_questions_asked: bool = True
    unsaid_gives_back: bool = True
    late_unsaid_gives_back: bool = True

    # results, as the router takes them
    ledger_decides: bool = True
    late_results_shown: bool = True
