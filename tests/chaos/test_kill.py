"""The kill tests' short form, in both modes: no promise breaks, and the trouble was real."""

from pathlib import Path

import pytest

from chaos.experiment import options_of, run
from chaos.plan import SHORT
from handoff_common.testing.servers import Servers
from harness.distributed import Distributed
from harness.product import Product
from harness.standalone import Standalone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.mark.parametrize("mode", ["standalone", "distributed"])
async def test_nothing_is_lost_or_said_twice_whatever_is_killed(
    mode: str, tmp_path: Path, servers: Servers
) -> None:
    options = options_of(SHORT, tmp_path)
    made: Product = (
        Standalone(options) if mode == "standalone" else Distributed(options, given=servers)
    )
    async with made.running() as product:
        report = await run(product, SHORT)

    broken = ("lost", "doubled", "reordered", "over_human", "unexpected")
    assert {name: report[name] for name in broken} == dict.fromkeys(broken, 0), report["findings"]
    assert all(report["met"].values()), report["met"]
    assert report["kills"] > 0
