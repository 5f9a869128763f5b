"""`make bench`: a table, a report, and exit code 1 when something was lost or said twice."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from bench.machine import facts, server_facts
from bench.modes import distributed, standalone
from bench.plan import SHORT, Plan
from bench.run import measure, say
from bench.table import show
from handoff_common.testing.servers import provide


async def run(plan: Plan, modes: list[str], folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": asdict(plan),
        "machine": facts(),
        "modes": {},
        "in_time": True,
    }
    started = time.monotonic()
    try:
        async with asyncio.timeout(plan.limit_seconds):
            await _measure(plan, modes, folder, report)
    except TimeoutError:
        report["in_time"] = False
        say(f"stopped: not done within {plan.limit_seconds} s")
    return report | {"seconds": round(time.monotonic() - started, 1)}


async def _measure(plan: Plan, modes: list[str], folder: Path, report: dict[str, Any]) -> None:
    if "standalone" in modes:
        say("standalone: starting …")
        async with standalone(folder / "standalone") as mode:
            report["modes"]["standalone"] = await measure(mode, plan)
    if "distributed" in modes:
        say("distributed: starting RabbitMQ, PostgreSQL, Redis, five services twice …")
        async with provide() as servers:
            report["machine"]["servers"] = server_facts(servers.all)
            async with distributed(folder / "distributed", servers) as mode:
                report["modes"]["distributed"] = await measure(mode, plan)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="within 2 minutes; rough figures")
    parser.add_argument("--mode", action="append", choices=["standalone", "distributed"])
    parser.add_argument("--report", type=Path)
    parser.add_argument("--folder", type=Path, help="keep logs and databases here")
    asked = parser.parse_args()
    plan = SHORT if asked.short else Plan()
    modes = asked.mode or ["standalone", "distributed"]
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        report = uvloop.run(run(plan, modes, asked.folder or Path(folder)))
    show(report)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(json.dumps(report, indent=2))
    lost = any(mode["findings"] for mode in report["modes"].values())
    sys.exit(1 if lost or not report["in_time"] else 0)


if __name__ == "__main__":
    main()
