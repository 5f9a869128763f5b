"""Takeovers against the bot's answers, and operators against each other.

`HANDOFF_RACES=1000` runs as many of them; so does `python -m harness.races --races 1000`.
"""

import os

import pytest
import pytest_asyncio

from harness.operators import Operator
from harness.product import Product
from harness.races import Plan, Races, Report

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

RACES = int(os.environ.get("HANDOFF_RACES", "100"))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def raced(product: Product, helena: Operator, rui: Operator) -> Report:
    """Run the races once; every test looks at them."""
    return await Races(product, (helena, rui), Plan(races=RACES)).run()


async def test_of_two_operators_at_once_exactly_one_gets_it(raced: Report) -> None:
    assert raced.owners == 0, raced.findings


async def test_the_bot_never_talks_over_a_person(raced: Report) -> None:
    assert (raced.over_human, raced.claimed_late) == (0, 0), raced.findings
    assert raced.others == 0, raced.findings


async def test_the_races_were_close(raced: Report) -> None:
    assert raced.counts, raced
