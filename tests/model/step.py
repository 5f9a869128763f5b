"""What can happen, in words: the vocabulary of the counterexamples."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from model.state import State


class Act(Enum):
    """One kind of step; the value is its sentence, `{}` the message."""

    # people and the bot
    BOT_REPLIES = "the bot's reply {} is queued"
    HANDOFF = "the bot hands off, with text {}: epoch raised, a queue is the owner"
    CLAIM = "an operator claims: epoch raised, ledger read under the lock"
    PEEK = "an operator's claim reads owner and ledger, and waits for the lock"
    OPERATOR_REPLIES = "the operator's reply {} is accepted and queued"
    ASK = "the customer asks something"
    BOT_ANSWERS = "the bot's turn for what waits: its answer {} is queued"
    RETURN = "the operator returns the conversation to the bot: epoch raised"
    # router
    RESULT = "router handles the result event of {}: reads the ledger under the lock"
    STALE_RESULT = "router handles an older result event of {} and believes its content"
    OVERDUE = "send overdue: router releases {} again"
    OVERDUE_NEW_ATTEMPT = "send overdue: router releases {} as a new attempt"
    SETTLED = "35 s after the change of owner, router looks at {} again"
    UNDECIDED = "nobody decides about the doubtful {}: unconfirmed after 10 min"
    GIVE_UP = "{} is given up and shown as such"
    CLEAR_WINDOW = "in a later transaction the window of {} is cleared"
    # outbound
    RELEASE = "outbound handles the release of {}"
    REDELIVERED = "the release of {} is delivered once more"
    RESULT_AGAIN = "the result event of {} is delivered once more"
    READ = "outbound reads the ledger for {} and waits for the lock"
    CLAIM_AFTER_READ = "outbound gets the lock and claims {} on what it read before"
    POST = "outbound begins its POST of {}"
    RECORD = "outbound records its answer for {}"
    PUBLISH = "poller publishes the committed result of {}"
    RETRY = "poller takes up the waiting {}"
    ORPHAN = "poller finds the orphaned claim of {}"
    FOUND = "poller finds {} in Twilio's list: accepted"
    NOT_FOUND = "last check: {} is not in Twilio's list"
    # Twilio and time
    ACCEPT = "Twilio accepts {}"
    VANISH = "the POST of {} never reached Twilio"
    EXPIRE = "35 s pass since the claim of {}"
    # faults
    LATE = "FAULT: the worker that claimed {} is frozen for more than 5 s, before its POST"
    FROZEN = "FAULT: the worker at {} is frozen until 35 s after its claim, before recording"
    LOST = "FAULT: the answer to the POST of {} is lost"
    NOT_SENT = "FAULT: Twilio answers 429 to {}"
    REFUSE = "FAULT: Twilio refuses {}"
    CRASH = "FAULT: outbound's worker at {} dies"
    CRASH_PUBLISHING = (
        "FAULT: outbound dies after committing the result of {}, before publishing it"
    )
    MISSED = "FAULT: the last look into Twilio's list misses {}"
    DEAD_LETTER = "FAULT: the release of {} ends in the dead letters"
    OUTBOUND_AWAY = "FAULT: every outbound process goes away"


class Move(NamedTuple):
    """One step that is possible, and where it leads."""

    act: Act
    message: int
    after: State


Moves = Iterator[Move]
