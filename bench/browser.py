"""`make bench-web`: the console's times in a browser, beside a page of a few lines.

Exit code 1 when the budget is broken.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.browsing import Console, Floor, chromium, ids_of, jumps, openings
from bench.figures import Figures, medians, ratios, rounded
from bench.machine import facts
from bench.run import say
from harness.crowd import Crowd
from harness.operators import Operator
from harness.product import PASSWORD, Options, Product
from harness.standalone import Standalone

BUDGET = {
    "open_p95_ms": 100,
    "again_p95_ms": 100,
    "scroll_p100_ms": 100,
    "task_ms": 100,
    "rows": 40,
}
"""What a figure may be at most: the median of the repetitions; of tasks and rows the highest."""
_MEANING = {
    "open_p50_ms": "open a conversation, p50, ms",
    "open_p95_ms": "open a conversation, p95, ms",
    "again_p50_ms": "open it once more, p50, ms",
    "again_p95_ms": "open it once more, p95, ms",
    "scroll_p50_ms": "fill the list after a jump, p50, ms",
    "scroll_p95_ms": "fill the list after a jump, p95, ms",
    "scroll_p100_ms": "fill the list after a jump, highest, ms",
}
_WORST = {"task_ms": "longest task, ms", "rows": "rows drawn, of 10,000"}


@dataclass(frozen=True, slots=True)
class Plan:
    repetitions: int = 3
    openings: int = 50
    jumps: int = 50
    conversations: int = 10_000


async def run(plan: Plan, folder: Path) -> dict[str, Any]:
    started, machine = time.monotonic(), facts()
    say(f"an inbox of {plan.conversations} conversations: writing it …")
    crowd, product = Crowd(plan.conversations), Standalone(Options(folder))
    await product.command("db", "upgrade")
    await crowd.enter(product.database_url)
    async with product.running():
        found = await _measured(plan, product, crowd)
    return found | {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": asdict(plan),
        "machine": machine,
        "seconds": round(time.monotonic() - started, 1),
    }


async def _measured(plan: Plan, product: Product, crowd: Crowd) -> dict[str, Any]:
    email = "bench@example.com"
    await product.command("user", "add", email)
    async with (
        Operator.signed_in(product.api_url, email, PASSWORD) as operator,
        chromium() as (browser, version),
        Console.opened(browser, product, crowd, email) as console,
    ):
        floor = await Floor.beside(console, crowd, await ids_of(operator, plan.openings))
        worst = Worst(console)
        found: dict[str, list[Figures]] = {"console": [], "floor": []}
        for number in range(plan.repetitions):
            for subject in (console, floor) if number % 2 else (floor, console):
                say(f"  {number + 1}. {subject.name}: opening {plan.openings} conversations twice")
                found[subject.name].append(await openings(subject, plan.openings))
            await worst.look()
        await console.page.bring_to_front()
        say("  loading the whole list …")
        await console.load()
        await worst.look()
        for number in range(plan.repetitions):
            for subject in (console, floor) if number % 2 else (floor, console):
                say(f"  {number + 1}. {subject.name}: {plan.jumps} jumps in the list")
                figures = await jumps(subject, plan.jumps, seed=number)
                found[subject.name][number] = {**found[subject.name][number], **figures}
            await worst.look()
    return _report(found, worst.figures) | {"browser": version}


class Worst:
    """The highest of what may never be more."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.figures: dict[str, float] = dict.fromkeys(_WORST, 0.0)

    async def look(self) -> None:
        page = self._console.page
        seen = {
            "task_ms": float(await page.evaluate("bench.longest()")),
            "rows": float(await page.evaluate("bench.rows")),
        }
        self.figures = {name: max(value, self.figures[name]) for name, value in seen.items()}


def _report(found: dict[str, list[Figures]], worst: Figures) -> dict[str, Any]:
    console = medians(found["console"])
    figures = console | dict(worst)
    return {
        "repetitions": {name: [rounded(one) for one in all_] for name, all_ in found.items()},
        "console": rounded(figures),
        "floor": rounded(medians(found["floor"])),
        "ratios": rounded(ratios(found["console"], found["floor"])),
        "broken": broken(figures),
    }


def broken(figures: Figures) -> dict[str, float]:
    """Return the parts of the budget that these figures exceed."""
    return {name: most for name, most in BUDGET.items() if figures[name] > most}


def show(report: dict[str, Any]) -> None:
    """Print the figures beside the budget and the floor."""
    say(f"\n{'':44}{'console':>10}{'budget':>10}{'floor':>10}{'÷ floor':>10}")
    for name, meaning in (_MEANING | _WORST).items():
        columns = [
            f"{report['console'][name]:10.1f}",
            f"{BUDGET[name]:10}" if name in BUDGET else f"{'':10}",
            f"{report['floor'][name]:10.1f}" if name in report["floor"] else f"{'':10}",
            f"{report['ratios'][name]:10.1f}" if name in report["ratios"] else f"{'':10}",
        ]
        say(f"  {meaning:42}{''.join(columns)}{'  BROKEN' if name in report['broken'] else ''}")
    machine = report["machine"]
    say(f"\n{report['seconds']} s; load average before {machine['load_average_before']}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.browser", description=__doc__)
    parser.add_argument("--report", type=Path)
    report_path: Path | None = parser.parse_args().report
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        report = asyncio.run(run(Plan(), Path(folder)))
    show(report)
    if report_path:
        report_path.parent.mkdir(parents=True, exist_ok=True)
        report_path.write_text(json.dumps(report, indent=2))
    sys.exit(1 if report["broken"] else 0)


if __name__ == "__main__":
    main()
