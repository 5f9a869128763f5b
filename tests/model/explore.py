"""Breadth first through every state that can be reached, so that a counterexample is a shortest."""

import sys
import time
from array import array
from collections.abc import Hashable
from dataclasses import dataclass

from model.invariants import Promise, broken_at_rest, broken_by, broken_in
from model.rules import Rules
from model.state import Scope, State, name
from model.step import Act, Move
from model.world import choices, moves, progress

ALL = frozenset(Promise)
PROGRESS_EVERY = 100_000
"""States between two lines on stderr."""


@dataclass(frozen=True)
class Violation:
    """A promise, and the shortest way to see it broken."""

    promise: Promise
    steps: tuple[Move, ...]

    def __str__(self) -> str:
        """Tell the way in numbered sentences."""
        lines = [f"BROKEN: {self.promise.value}"]
        lines += [f"{number:3}. {sentence(move)}" for number, move in enumerate(self.steps, 1)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Exploration:
    """What one run found."""

    states: int
    seconds: float
    acts: frozenset[Act]
    """The kinds of step taken: what never happens in a model is not proved by it."""
    violation: Violation | None


class Map:
    """The states seen, in the order of their finding, each with the way it was found by.

    Equal parts of states are kept once: a state is then one short tuple of pointers.
    """

    def __init__(self, start: State) -> None:
        self.states: list[State] = [start]
        self._seen: set[State] = {start}
        self._parts: dict[Hashable, Hashable] = {}
        self._parents = array("q", [-1])
        self.acts: set[Act] = set()

    def add(self, state: State, parent: int) -> bool:
        """Remember a state if it is new, and say whether it was."""
        if state in self._seen:
            return False
        parts = self._parts
        state = State._make(parts.setdefault(part, part) for part in state)
        self._seen.add(state)
        self.states.append(state)
        self._parents.append(parent)
        return True

    def way(self, index: int, rules: Rules) -> list[Move]:
        """Walk from the start to a state."""
        steps: list[Move] = []
        while (parent := self._parents[index]) >= 0:
            goal = self.states[index]
            options = moves(self.states[parent], rules)
            steps.append(next(move for move in options if move.after == goal))
            index = parent
        return steps[::-1]


def explore(
    scope: Scope, rules: Rules, watched: frozenset[Promise] = ALL, *, loud: bool = False
) -> Exploration:
    """Look at every state within a scope, or until one of the watched promises is broken."""
    began = time.perf_counter()
    seen = Map(State(left=scope))
    violation: Violation | None = None
    for index, _ in enumerate(seen.states):
        if loud and index % PROGRESS_EVERY == 0 and index:
            seconds = time.perf_counter() - began
            print(f"  {index:,} of {len(seen.states):,} states, {seconds:.0f} s", file=sys.stderr)
        violation = look(seen, index, rules, watched)
        if violation is not None:
            break
    seconds = time.perf_counter() - began
    return Exploration(len(seen.states), seconds, frozenset(seen.acts), violation)


def look(seen: Map, index: int, rules: Rules, watched: frozenset[Promise]) -> Violation | None:
    """Take every step that one state allows; one without progress is at rest."""
    state = seen.states[index]
    of_itself = list(progress(state, rules))
    for move in (*of_itself, *choices(state, rules)):
        broken = broken_by(state, move)
        if seen.add(move.after, index):
            seen.acts.add(move.act)
            broken += broken_in(move.after)
        for promise in broken:
            if promise in watched:
                return Violation(promise, (*seen.way(index, rules), move))
    for promise in () if of_itself else broken_at_rest(state):
        if promise in watched:
            return Violation(promise, tuple(seen.way(index, rules)))
    return None


def graph(scope: Scope, rules: Rules) -> dict[State, list[State]]:
    """Return every state with those that may follow it, for questions about whole runs."""
    start = State(left=scope)
    edges: dict[State, list[State]] = {}
    found = [start]
    for state in found:
        if state not in edges:
            edges[state] = [move.after for move in moves(state, rules)]
            found.extend(edges[state])
    return edges


def sentence(move: Move) -> str:
    """Say one step in words, with what it left behind in the ledger and on the screen."""
    state, number = move.after, move.message
    if number < 0 or number >= len(state.messages):
        return move.act.value
    text = move.act.value.format(name(state, number))
    if move.act in (Act.POST, Act.ACCEPT, Act.LATE):
        return text
    holder = "free" if state.window < 0 else name(state, state.window)
    entry, shown = state.rows[number].entry, state.messages[number].shown
    return f"{text} [ledger {entry}; shown {shown}; window {holder}; owner {state.owner}]"
