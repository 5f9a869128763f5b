"""What the router does without being asked: on result events, and when a timer is due."""

from model.router import give_back, release, settle, verdict
from model.rules import Rules
from model.state import NOBODY, Entry, Row, State
from model.step import Act, Move, Moves


def reactions(state: State, rules: Rules) -> Moves:
    """Yield what the router does of itself: on result events and when a timer is due."""
    for number in state.results:
        after = state._replace(results=state.results - {number})
        yield Move(Act.RESULT, number, settle(after, number, rules))
    for number, entry in state.stale:
        rest = tuple(event for event in state.stale if event != (number, entry))
        yield Move(
            Act.STALE_RESULT, number, believe(state._replace(stale=rest), number, entry, rules)
        )
    if state.window != NOBODY:
        yield from timers(state, state.window, rules)


def believe(state: State, number: int, entry: Entry, rules: Rules) -> State:
    """Take an event's content for the truth: what the ledger prevents."""
    rows = state.rows
    told = state.write(number, rows[number]._replace(entry=entry))
    end = verdict(told, number, rules)
    if end is not None:
        told = told.show(number, end)
    return settle(told, number, rules)._replace(rows=rows)


def timers(state: State, holder: int, rules: Rules) -> Moves:
    """Yield the deadlines that concern the message in the window."""
    row, message = state.rows[holder], state.messages[holder]
    if message.shown == "given up":
        after = release(state._replace(window=NOBODY), rules)
        yield Move(Act.CLEAR_WINDOW, holder, after)
    if rules.settling_has_timer and message.born != state.epoch:
        yield from settling(state, holder, rules)
    if row.entry == "unknown" and message.author == "operator" and rules.undecided_doubt_times_out:
        after = state.show(holder, "unconfirmed")._replace(window=NOBODY)
        yield Move(Act.UNDECIDED, holder, release(after, rules))
    if rules.overdue_releases_again:
        yield from overdue(state, holder, rules)


def settling(state: State, holder: int, rules: Rules) -> Moves:
    """Yield the timer of 35 s after a change of owner: what was under way then is over now."""
    row, claiming = state.rows[holder], state.owner == "claiming"
    open_still = row.entry in ("submitting", "doubtful")
    if open_still and row.claimed_in != state.epoch and not row.expired:
        return
    if row.entry == "submitting" and claiming:
        after = state.show(holder, "unconfirmed")._replace(window=NOBODY)
        yield Move(Act.SETTLED, holder, settle(after, NOBODY, rules))
    elif (claiming or row.entry == "doubtful") and verdict(state, holder, rules) is not None:
        yield Move(Act.SETTLED, holder, settle(state, holder, rules))


def overdue(state: State, holder: int, rules: Rules) -> Moves:
    """Yield the second release of a message of which nothing was heard.

    It may fire at any time; where everything goes well it does what a redelivery does, so that it
    is a step of its own only where something went astray. A result that the ledger already has is
    published again.
    """
    row = state.rows[holder]
    if not rules.overdue_keeps_attempt and state.left.redeliveries and row.entry != "none":
        left = state.left._replace(redeliveries=state.left.redeliveries - 1)
        after = state.write(holder, Row(attempt=row.attempt + 1))._replace(left=left)
        after = after._replace(releases=state.releases | {holder})
        yield Move(Act.OVERDUE_NEW_ATTEMPT, holder, after)
    silent = holder not in state.releases | state.results and not state.busy(holder)
    if silent and row.entry == "none":
        after = state._replace(releases=state.releases | {holder})
        yield Move(Act.OVERDUE, holder, after)
    elif silent and not row.due and verdict(state, holder, rules) is not None:
        after = state._replace(results=state.results | {holder})
        yield Move(Act.OVERDUE, holder, after)


def surrender(state: State, rules: Rules) -> Moves:
    """Yield the giving up of a message that is not under way; counted as a fault."""
    holder = state.window
    if holder == NOBODY or state.rows[holder].entry not in ("none", "waiting"):
        return
    after = state.fault().show(holder, "given up")
    if rules.unsaid_gives_back:
        after = give_back(after, holder)
    if rules.giving_up_clears_window:
        after = settle(after._replace(window=NOBODY), NOBODY, rules)
    yield Move(Act.GIVE_UP, holder, after)
