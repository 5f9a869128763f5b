"""Outbound, as workers and a poller: only it writes the ledger, and only it POSTs."""

from model.rules import Rules
from model.state import Driver, Entry, Row, State, Worker
from model.step import Act, Move, Moves

DECIDED: frozenset[Entry] = frozenset({"accepted", "refused", "superseded"})
RESULTS: frozenset[Entry] = frozenset({*DECIDED, "doubtful", "unknown"})


def publish(state: State, number: int, rules: Rules) -> State:
    """Publish the result that the ledger has for a message, if it has one."""
    entry = state.rows[number].entry
    if entry not in RESULTS:
        return state
    if rules.ledger_decides:
        return state._replace(results=state.results | {number})
    return state._replace(stale=tuple(sorted({*state.stale, (number, entry)})))


def handle_release(state: State, number: int, rules: Rules) -> State:
    """Handle a release; one that finds an attempt never POSTs, but may publish its result again."""
    row = state.rows[number]
    if row.entry in RESULTS or (row.entry != "none" and rules.redelivery_never_posts):
        return publish(state, number, rules)
    if not rules.outbound_locks_first:
        return hire(state, Worker(number, "read", "release"))
    return publish(claim(state, number, "release", rules), number, rules)


def claim(state: State, number: int, driver: Driver, rules: Rules) -> State:
    """Claim an attempt under the conversation's lock, commit `submitting`, and only then POST."""
    row, message = state.rows[number], state.messages[number]
    if rules.claim_requires_window and rules.window_of_one and state.window != number:
        if row.entry == "waiting" and rules.lost_window_ends_row:
            return write(state, number, "superseded")
        return state
    retry = row.entry == "waiting"
    fenced = rules.fence_at_retry if retry else rules.fence_at_first_claim
    if message.author == "operator":
        fenced = not rules.operators_unfenced
    if fenced and message.fence != state.epoch:
        return write(state, number, "superseded")
    if rules.submitting_before_post:
        state = state.write(number, Row("submitting", row.attempt, state.epoch))
    return hire(state, Worker(number, "claimed", driver))


def hire(state: State, worker: Worker) -> State:
    """Put one more worker to work."""
    return state._replace(workers=tuple(sorted((*state.workers, worker))))


def write(state: State, number: int, entry: Entry) -> State:
    """Move a row on; what only matters while an attempt is open is forgotten with it."""
    row = state.rows[number]
    if entry == "doubtful":
        return state.write(number, row._replace(entry=entry))
    return state.write(number, Row(entry, row.attempt))


def record(state: State, worker: Worker, rules: Rules) -> State:
    """Write down what the worker knows; a worker that comes late may only add certainty."""
    number = worker.message
    entry, message = state.rows[number].entry, state.messages[number]
    moved = message.author == "bot" and message.fence != state.epoch
    match worker.stage:
        case "ok":
            new: Entry = "accepted"
        case "refused":
            new = "refused"
        case "lost":
            new = "doubtful"
        case _:
            new = "superseded" if moved and rules.not_sent_rereads_epoch else "waiting"
    certain = new in ("accepted", "refused")
    if entry in DECIDED or not (certain or entry in ("submitting", "none")):
        return write(state, number, new) if not rules.decided_rows_stay else state
    return write(state, number, new)


def work(state: State, rules: Rules) -> Moves:
    """Yield what deliveries and workers can do next."""
    for number in state.releases:
        after = state._replace(releases=state.releases - {number})
        yield Move(Act.RELEASE, number, handle_release(after, number, rules))
    for worker in state.workers:
        number, stage = worker.message, worker.stage
        if stage == "read":
            after = claim(state.dismiss(worker), number, "release", rules)
            yield Move(Act.CLAIM_AFTER_READ, number, publish(after, number, rules))
        elif stage == "claimed" or (stage == "late" and not rules.young_claims_only):
            posted = state.dismiss(worker, worker._replace(stage="posted"))
            flying = tuple(sorted((*state.flying, number)))
            yield Move(Act.POST, number, posted._replace(flying=flying))
        elif stage != "posted":
            done = record(state.dismiss(worker), worker, rules)
            yield Move(Act.RECORD, number, publish(done, number, rules))


def poll(state: State, rules: Rules) -> Moves:
    """Yield what the poller can do next: retries, orphans, checks, and results still due."""
    for number, row in enumerate(state.rows):
        if row.due:
            after = publish(state.write(number, row._replace(due=False)), number, rules)
            yield Move(Act.PUBLISH, number, after)
        yield from (
            Move(act, number, publish(after, number, rules))
            for act, after in errands(state, number, rules)
        )


def errands(state: State, number: int, rules: Rules) -> list[tuple[Act, State]]:
    """List the poller's transactions for one row, before anything is published."""
    row = state.rows[number]
    if row.entry == "waiting" and rules.poller_retries:
        after = claim(state, number, "poller", rules)
        return [(Act.RETRY, after)] if after is not state else []
    if not row.expired:
        return []
    if row.entry == "submitting" and rules.orphans_found:
        new: Entry = "doubtful" if rules.orphans_doubtful else "waiting"
        return [(Act.ORPHAN, write(state, number, new))]
    if row.entry == "doubtful":
        if number in state.log:
            return [(Act.FOUND, write(state, number, "accepted"))]
        return [(Act.NOT_FOUND, write(state, number, last_check(state, number, rules)))]
    return []


def last_check(state: State, number: int, rules: Rules) -> Entry:
    """Say what becomes of a doubtful row that Twilio's list does not show."""
    automatic = state.messages[number].author == "bot"
    return "waiting" if automatic and not rules.automatic_doubt_not_resent else "unknown"


def mishaps(state: State, rules: Rules) -> Moves:
    """Yield the deaths of workers, and what else can go wrong in outbound."""
    for worker in dict.fromkeys(state.workers):
        yield Move(Act.CRASH, worker.message, bury(state, worker))
        if worker.stage not in ("read", "claimed", "late", "posted"):
            done = record(bury(state, worker), worker, rules)
            if done.rows != state.rows and done.rows[worker.message].entry in RESULTS:
                after = owe(done, worker.message, rules)
                yield Move(Act.CRASH_PUBLISHING, worker.message, after)
    for number, row in enumerate(state.rows):
        for _, done in errands(state, number, rules):
            if done.rows[number].entry in RESULTS:
                after = owe(done.fault(), number, rules)
                yield Move(Act.CRASH_PUBLISHING, number, after)
        if row.entry == "doubtful" and row.expired and number in state.log:
            missed = write(state.fault(), number, last_check(state, number, rules))
            yield Move(Act.MISSED, number, publish(missed, number, rules))
    for number in state.releases:
        after = state.fault()._replace(releases=state.releases - {number})
        yield Move(Act.DEAD_LETTER, number, after)
    after = state.fault()._replace(alive=False, workers=(), releases=frozenset())
    yield Move(Act.OUTBOUND_AWAY, -1, after)


def bury(state: State, worker: Worker) -> State:
    """End a worker that died; the delivery it had not acknowledged comes back."""
    state = state.fault().dismiss(worker)
    if worker.driver == "poller":
        return state
    return state._replace(releases=state.releases | {worker.message})


def owe(state: State, number: int, rules: Rules) -> State:
    """Leave a result committed and unpublished; a row that stays due is not forgotten."""
    row = state.rows[number]
    return state.write(number, row._replace(due=rules.results_stay_due))
