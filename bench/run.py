"""One run: both modes, repetition by repetition, product and floors in turn."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import cpu
from bench.accepting import accept
from bench.conversing import Conversations
from bench.figures import Figures, best, medians, ratios, rounded
from bench.modes import Mode
from bench.plan import Plan
from bench.target import Target

_IDLE_SECONDS = 2


@dataclass(slots=True)
class Series:
    """The repetitions of one target in one measurement."""

    target: Target
    repetitions: list[Figures] = field(default_factory=list[Figures])

    def report(self) -> dict[str, Any]:
        return {
            "repetitions": [rounded(figures) for figures in self.repetitions],
            "median": rounded(medians(self.repetitions)),
            "best": rounded(best(self.repetitions)),
        }


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def measure(mode: Mode, plan: Plan) -> dict[str, Any]:
    """Return the report of one mode."""
    started = time.monotonic()
    talks = {target.name: Conversations(target, plan) for target in (mode.pipeline, mode.product)}
    for talk in talks.values():
        await talk.warm_up()
    idle = await _idle(mode.product)
    warm = time.monotonic()
    accepting = [Series(target) for target in (mode.empty, mode.durable, mode.product)]
    conversing = [Series(target) for target in (mode.pipeline, mode.product)]
    for number in range(plan.repetitions):
        now = time.monotonic()
        limit = plan.seconds if number >= plan.at_least else plan.most_seconds
        if number and now - started + (now - warm) / number > limit:
            break  # no time for one more
        # There and back, so that nobody always comes after the same neighbour.
        for series in accepting[:: -1 if number % 2 else 1]:
            _note(mode, number, "accept", series, await accept(series.target, plan))
        for series in conversing[:: -1 if number % 2 else 1]:
            figures = await talks[series.target.name].repetition()
            _note(mode, number, "end to end", series, figures)
    for talk in talks.values():
        talk.check()
    return _report(mode, idle, accepting, conversing) | {
        "seconds": round(time.monotonic() - started, 1)
    }


def _note(mode: Mode, number: int, what: str, series: Series, figures: Figures) -> None:
    series.repetitions.append(figures)
    cost = figures.get("all_cpu_us", figures.get("web_cpu_us", 0))
    say(
        f"  {mode.name} {number + 1}. {what:10} {series.target.name:14}"
        f" {figures['together_per_s']:7.0f}/s  alone {figures['alone_p50_ms']:6.1f} ms"
        f"  CPU {cost:6.0f} µs"
    )


async def _idle(target: Target) -> dict[str, float]:
    """Return what each process uses of a core when nobody writes, in percent."""
    before = cpu.usage(target.groups)
    await asyncio.sleep(_IDLE_SECONDS)
    after = cpu.usage(target.groups)
    return {name: round((after[name] - before[name]) / _IDLE_SECONDS * 100, 1) for name in before}


def _report(
    mode: Mode, idle: dict[str, float], accepting: Sequence[Series], conversing: Sequence[Series]
) -> dict[str, Any]:
    targets = (mode.empty, mode.durable, mode.pipeline, mode.product)
    findings = [finding for target in targets for finding in target.findings]
    findings += [
        "said twice: a message of ours is on a phone more than once"
        for count in mode.product.record.message_ids.values()
        if count > 1
    ]
    return {
        "idle_cpu_percent": idle,
        "accept": _beside(accepting),
        "end_to_end": _beside(conversing),
        "webhooks_stored": mode.product.accepted,
        "answers": mode.product.record.message_ids.total(),
        "findings": findings,
    }


def _beside(series: Sequence[Series]) -> dict[str, Any]:
    """Report the product, which is the last, and its ratio to each floor."""
    *floors, product = series
    return {one.target.name: one.report() for one in series} | {
        "ratios": {
            floor.target.name: rounded(ratios(product.repetitions, floor.repetitions))
            for floor in floors
        }
    }
