"""The protocol keeps its promises in the model, and needs each of its repairs to do so."""

from dataclasses import fields
from functools import cache
from graphlib import TopologicalSorter

import pytest

from model.explore import Exploration, Violation, explore, graph
from model.invariants import Promise
from model.rules import Rules
from model.state import Scope
from model.step import Act
from model.variants import BACKUPS, BEHIND, SHORT, VARIANTS, Variant, without

ONLY_WITHOUT_A_REPAIR = {
    Act.PEEK,
    Act.STALE_RESULT,
    Act.OVERDUE_NEW_ATTEMPT,
    Act.CLEAR_WINDOW,
    Act.CLAIM_AFTER_READ,
    Act.READ,
}

TOLD = """\
BROKEN: 3 the bot never talks over a human
  1. the bot's reply A1 is queued [ledger none; shown released; window A1; owner bot]
  2. outbound handles the release of A1 [ledger submitting; shown released; window A1; owner bot]
  3. an operator claims: epoch raised, ledger read under the lock
  4. outbound begins its POST of A1"""


@cache
def explored(scope: Scope) -> Exploration:
    return explore(scope, Rules())


@pytest.mark.parametrize("scope", SHORT, ids=str)
def test_every_promise_holds(scope: Scope) -> None:
    assert str(explored(scope).violation or "") == ""


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_without_a_repair_its_promise_breaks(variant: Variant) -> None:
    violation = variant.explore().violation
    assert violation is not None
    assert violation.promise is variant.breaks


@pytest.mark.parametrize("repair", BACKUPS)
def test_a_backup_alone_may_be_missing(repair: str) -> None:
    assert str(explore(BEHIND, without(repair)).violation or "") == ""


def test_every_repair_is_taken_away_by_some_variant() -> None:
    taken = {repair for variant in VARIANTS for repair in variant.without}
    assert taken == {field.name for field in fields(Rules)}


def test_a_backup_is_never_taken_away_alone() -> None:
    pairs = {
        repair for variant in VARIANTS if len(variant.without) > 1 for repair in variant.without
    }
    assert pairs == set(BACKUPS)


def test_every_run_ends() -> None:
    scope = Scope(automatic=1, operator=1, claims=1, returns=1, faults=1, redeliveries=1)
    TopologicalSorter(graph(scope, Rules())).prepare()  # raises CycleError if a run can go round


def test_every_kind_of_step_is_taken() -> None:
    """A step that is never taken would prove nothing; some are there for a missing repair."""
    taken = {act for scope in SHORT for act in explored(scope).acts}
    assert set(Act) - taken == ONLY_WITHOUT_A_REPAIR


def test_a_counterexample_is_told_step_by_step() -> None:
    variant = next(variant for variant in VARIANTS if variant.without == ("takeover_waits",))
    assert str(variant.explore().violation) == TOLD


def test_a_shortest_way_is_found_first() -> None:
    scope = Scope(automatic=1, claims=1)
    violation = explore(scope, without("takeover_waits")).violation
    assert isinstance(violation, Violation)
    assert (violation.promise, len(violation.steps)) == (Promise.NOT_OVER_HUMAN, 4)
