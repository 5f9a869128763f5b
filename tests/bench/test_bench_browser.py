"""The verdict of `make bench-web`."""

from bench.browser import BUDGET, broken


def test_what_is_within_the_budget_breaks_nothing() -> None:
    assert broken(BUDGET) == {}


def test_every_part_of_the_budget_can_be_broken() -> None:
    for name, most in BUDGET.items():
        assert broken(BUDGET | {name: most + 0.1}) == {name: most}
