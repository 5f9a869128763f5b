"""The promises, as what must never be seen."""

from collections.abc import Callable
from enum import Enum
from itertools import pairwise
from typing import get_args

from model.state import NOT_SAID, Entry, Shown, State
from model.step import Act, Move


class Promise(Enum):
    """A promise the model can see broken; the number is its own in docs/promises.md."""

    NOTHING_LOST = "1 nothing is lost"
    SHOWN_TRULY = "1 what is shown is true"
    NOTHING_STUCK = "1 nothing is stuck"
    NOT_TWICE = "2 nothing is said twice"
    NOT_OVER_HUMAN = "3 the bot never talks over a human"
    ONE_OWNER = "4 exactly one owner"
    IN_ORDER = "6 what the customer reads is in order"
    NOBODYS = "8 no question is left to nobody"
    NOT_BACKWARDS = "7 the state never goes backwards"


DECIDED: frozenset[Entry] = frozenset({"accepted", "refused", "superseded"})
ENDED: frozenset[Shown] = frozenset({*NOT_SAID, "accepted"})
ANY: frozenset[Entry] = frozenset(get_args(Entry))
NEXT: dict[Entry, frozenset[Entry]] = {
    **dict.fromkeys(DECIDED, frozenset[Entry]()),
    "doubtful": frozenset({"accepted", "refused", "unknown", "waiting"}),
    "unknown": frozenset({"accepted", "refused", "waiting"}),
}


def over_human(before: State, move: Move) -> bool:
    """Say whether an automatic POST begins after a takeover was granted that it precedes."""
    return (
        move.act is Act.POST
        and before.messages[move.message].author == "bot"
        and before.messages[move.message].born < before.granted
    )


def backwards(before: State, move: Move) -> bool:
    """Say whether an epoch, an end that was shown, or a ledger row went back."""
    after = move.after
    if after.epoch < before.epoch or after.granted < before.granted:
        return True
    if after.messages is not before.messages:
        for old, new in zip(before.messages, after.messages, strict=False):
            if old.shown != new.shown and old.shown in ENDED:
                return True
    if after.rows is not before.rows:
        for was, row in zip(before.rows, after.rows, strict=False):
            goes_on = row.entry in NEXT.get(was.entry, ANY) or row.attempt != was.attempt
            if was.entry != row.entry and not goes_on:
                return True
    return False


def twice(state: State) -> bool:
    """Say whether Twilio has one message two times."""
    return len(set(state.log)) != len(state.log)


def disorder(state: State) -> bool:
    """Say whether Twilio accepted a message after one that was meant to follow it."""
    return any(later < earlier for earlier, later in pairwise(state.log))


def two_owners(state: State) -> bool:
    """Say whether it is not exactly one operator, or none, who was told "it is yours"."""
    return state.told != (1 if state.owner in ("claiming", "human") else 0)


def lost(state: State) -> bool:
    """Say whether a message is dropped that no change of owner explains."""
    return any(
        message.shown == "superseded"
        and (message.author == "operator" or message.born == state.epoch)
        for message in state.messages
    )


def untrue(state: State) -> bool:
    """Say whether a message is shown, or recorded, as what it is not."""
    for number, (message, row) in enumerate(zip(state.messages, state.rows, strict=True)):
        said = number in state.log
        if not said and (message.shown == "accepted" or row.entry == "accepted"):
            return True
        if message.shown in NOT_SAID and (said or number in state.flying):
            return True
    return False


def nobodys(state: State) -> bool:
    """Say whether the customer's last question has no answer that may have arrived."""
    answers = [
        message.number
        for message in state.messages
        if message.author == "operator"
        or (message.after is not None and message.shown not in NOT_SAID)
    ]
    return max(state.questions, default=0) > max(answers, default=0)


STEPWISE: tuple[tuple[Promise, Callable[[State, Move], bool]], ...] = (
    (Promise.NOT_OVER_HUMAN, over_human),
    (Promise.NOT_BACKWARDS, backwards),
)
ALWAYS: tuple[tuple[Promise, Callable[[State], bool]], ...] = (
    (Promise.NOT_TWICE, twice),
    (Promise.IN_ORDER, disorder),
    (Promise.ONE_OWNER, two_owners),
    (Promise.NOTHING_LOST, lost),
    (Promise.SHOWN_TRULY, untrue),
)


def broken_by(before: State, move: Move) -> list[Promise]:
    """List the promises that a step breaks by what it does."""
    return [promise for promise, breaks in STEPWISE if breaks(before, move)]


def broken_in(state: State) -> list[Promise]:
    """List the promises that a state breaks by what it is."""
    return [promise for promise, breaks in ALWAYS if breaks(state)]


def broken_at_rest(state: State) -> list[Promise]:
    """List the promises that are broken if nothing more happens of itself.

    While no outbound process runs, only the takeover has to end.
    """
    found: list[Promise] = []
    messages, rows = state.messages, state.rows
    open_rows = any(row.entry in ("submitting", "waiting", "doubtful") for row in rows)
    unsaid = any(message.shown in ("queued", "released") for message in messages)
    if state.owner == "claiming" or (state.alive and (open_rows or unsaid)):
        found.append(Promise.NOTHING_STUCK)
    unread = any(
        row.entry in DECIDED and message.shown == "unconfirmed"
        for message, row in zip(messages, rows, strict=True)
    )
    if state.alive and unread:
        found.append(Promise.SHOWN_TRULY)
    if state.alive and state.owner == "bot" and nobodys(state):
        found.append(Promise.NOBODYS)
    return found
