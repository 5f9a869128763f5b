"""What the model remembers: one conversation, its ledger, Twilio, and what is still under way.

Everything is an immutable tuple of strings and small numbers: states are compared and hashed by the
million, and interned strings are the fastest readable thing Python hashes.
"""

from typing import Literal, NamedTuple, TypeVar

T = TypeVar("T")

Owner = Literal["bot", "waiting", "claiming", "human"]
Author = Literal["bot", "operator"]
Shown = Literal[
    "queued", "released", "accepted", "refused", "superseded", "unconfirmed", "given up"
]
Entry = Literal[
    "none", "submitting", "waiting", "doubtful", "unknown", "accepted", "refused", "superseded"
]
Stage = Literal["read", "claimed", "late", "posted", "ok", "refused", "not sent", "lost"]
Driver = Literal["release", "poller"]

NOT_SAID: frozenset[Shown] = frozenset({"refused", "superseded", "given up"})
"""Ends of a message that the customer will never read."""
NOBODY = -1
"""The send window when no message holds it."""


class Scope(NamedTuple):
    """How much may happen in one run; counted down as it happens."""

    automatic: int = 0
    operator: int = 0
    claims: int = 0
    handoffs: int = 0
    returns: int = 0
    questions: int = 0
    faults: int = 0
    redeliveries: int = 0


class Message(NamedTuple):
    """One outgoing message as the router keeps it; its place in the tuple is the order meant.

    `born` is the epoch in force when its transaction committed, `fence` the epoch it is released
    under: they differ only where a repair is missing. `number` is its place among all that was
    said; `after` only has an answer of the bot's: it is for the questions after that place.
    """

    author: Author
    born: int
    fence: int
    shown: Shown = "queued"
    number: int = 0
    after: int | None = None


class Row(NamedTuple):
    """One attempt in outbound's ledger.

    `expired`: 35 s have passed since its claim, so no POST of that claim can still be under way.
    `due`: its result is committed but the event is not confirmed, so the poller comes back to it.
    `unknown` is a doubtful attempt after its last check.
    """

    entry: Entry = "none"
    attempt: int = 1
    claimed_in: int = 0
    expired: bool = False
    due: bool = False


class Worker(NamedTuple):
    """An outbound worker between its claim and the recording of the answer.

    `late`: its claim is older than 5 s and it has not begun its POST. `driver` says what happens
    when it dies: a release is delivered again, a poller's errand is not.
    """

    message: int
    stage: Stage
    driver: Driver


class Peek(NamedTuple):
    """What a claim read before it held the lock; only without the repair that forbids it."""

    owner: Owner
    rows: tuple[Row, ...]


class State(NamedTuple):
    """Everything, at one instant."""

    owner: Owner = "bot"
    epoch: int = 0
    granted: int = 0
    """Epoch of the last takeover granted; 0 for none."""
    told: int = 0
    """Operators who were told that the conversation is theirs, and not otherwise since."""
    window: int = NOBODY
    messages: tuple[Message, ...] = ()
    rows: tuple[Row, ...] = ()
    log: tuple[int, ...] = ()
    """What Twilio accepted, in its order."""
    flying: tuple[int, ...] = ()
    """POSTs that Twilio has in its hands and has not decided."""
    workers: tuple[Worker, ...] = ()
    releases: frozenset[int] = frozenset()
    """Messages whose release is published and not yet handled."""
    results: frozenset[int] = frozenset()
    """Messages of which a result event is published and not yet handled."""
    stale: tuple[tuple[int, Entry], ...] = ()
    """Those events with their content; only without the repair that ignores it."""
    left: Scope = Scope()
    alive: bool = True
    """Whether any outbound process runs."""
    questions: tuple[int, ...] = ()
    """What the customer asked, by its place among all that was said."""
    upto: int = 0
    """The router's mark: questions up to this place wait for nobody."""
    peek: Peek | None = None

    def show(self, number: int, shown: Shown) -> "State":
        """Set what the router shows for a message."""
        return self._replace(
            messages=put(self.messages, number, self.messages[number]._replace(shown=shown))
        )

    def write(self, number: int, row: Row) -> "State":
        """Set a message's row in the ledger."""
        return self._replace(rows=put(self.rows, number, row))

    def fault(self) -> "State":
        """Pay for one fault."""
        return self._replace(left=self.left._replace(faults=self.left.faults - 1))

    def dismiss(self, worker: Worker, successor: Worker | None = None) -> "State":
        """End one worker, or put it at its next stage."""
        rest = list(self.workers)
        rest.remove(worker)
        if successor is not None:
            rest.append(successor)
        return self._replace(workers=tuple(sorted(rest)))

    @property
    def said(self) -> int:
        """How much was said, by anybody."""
        return len(self.messages) + len(self.questions)

    def busy(self, number: int) -> bool:
        """Whether a worker is at this message."""
        return any(worker.message == number for worker in self.workers)


def put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    """Return the tuple with one value replaced."""
    return (*values[:index], value, *values[index + 1 :])


def name(state: State, number: int) -> str:
    """Call a message A1, A2 (automatic) or O1, O2 (operator's), in the order of their making."""
    author = state.messages[number].author
    ordinal = sum(message.author == author for message in state.messages[: number + 1])
    return f"{'A' if author == 'bot' else 'O'}{ordinal}"
