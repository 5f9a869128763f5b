"""`make kill`: both modes in full; a table, a report, and exit code 1 when a promise broke."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from chaos.experiment import options_of, run
from chaos.plan import SHORT, Plan
from handoff_common.logging import configure
from handoff_common.testing.servers import provide
from harness.distributed import Distributed
from harness.standalone import Standalone

COLUMNS = (
    "mode", "sent", "replies", "kills", "lost", "doubled", "reordered", "over_human", "unexpected",
    "unconfirmed", "superseded", "settling", "quarantined", "seconds",
)  # fmt: skip


async def both(plan: Plan, modes: list[str], folder: Path) -> list[dict[str, Any]]:
    reports: list[dict[str, Any]] = []
    if "standalone" in modes:
        async with Standalone(options_of(plan, folder / "standalone")).running() as product:
            reports.append(await run(product, plan))
    if "distributed" in modes:
        async with provide() as servers:
            made = Distributed(options_of(plan, folder / "distributed"), given=servers)
            async with made.running() as product:
                reports.append(await run(product, plan))
    return reports


def show(reports: list[dict[str, Any]]) -> None:
    lines = [COLUMNS, *(tuple(str(report[name]) for name in COLUMNS) for report in reports)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    for line in lines:
        row = "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write(row + "\n")
    for report in reports:
        for finding in report["findings"]:
            sys.stdout.write(f"  {report['mode']}: {finding}\n")
        if not report["counts"]:
            sys.stdout.write(f"  {report['mode']}: does not count, it never met {report['met']}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mode", action="append", choices=["standalone", "distributed"])
    parser.add_argument("--report", type=Path)
    parser.add_argument("--folder", type=Path, help="keep logs and databases here")
    asked = parser.parse_args()
    configure("chaos", level="CRITICAL", stream=sys.stderr)
    base = SHORT if asked.short else Plan()
    plan = replace(base, seed=asked.seed)
    modes = asked.mode or ["standalone", "distributed"]
    with tempfile.TemporaryDirectory(prefix="handoff-chaos-") as folder:
        reports = asyncio.run(both(plan, modes, asked.folder or Path(folder)))
    show(reports)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(json.dumps(reports, indent=2))
    broken = sum(report[name] for report in reports for name in ("lost", "doubled", "reordered"))
    broken += sum(report["over_human"] + report["unexpected"] for report in reports)
    sys.exit(1 if broken or not all(report["counts"] for report in reports) else 0)


if __name__ == "__main__":
    main()
