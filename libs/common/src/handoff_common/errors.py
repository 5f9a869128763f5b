"""How handling an event can fail.

Two failures only: this one event can't be handled now (`TransientError`), or anything else, which
is a bug or a refusal and goes to the dead letters. A server that is away is neither: wait for it.
"""


class TransientError(Exception):
    """The event is worth another try later: a timeout, a 5xx, a lock that somebody else holds."""


class AwayError(Exception):
    """A server that we need (database, broker) is away: wait, reconnect, go on."""


class UnroutableError(Exception):
    """An event was published that no queue wants: a bug in the topology, not a passing fault."""
