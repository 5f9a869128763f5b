"""Webhook accept: how soon, and how many a second, a signed webhook is answered."""

import asyncio
import time

from bench import cpu
from bench.figures import latencies
from bench.plan import Plan
from bench.target import Target
from bench.webhooks import Webhook, customers, webhooks
from bench.wire import Caller

_BLOCK = 7


async def accept(target: Target, plan: Plan) -> dict[str, float]:
    """Measure one repetition: one at a time, then `accept_window` at a time; then let it rest."""
    who = customers(_BLOCK, plan.accept_customers)
    alone = webhooks(target.url, who, plan.accept_alone)
    together = webhooks(target.url, who, plan.accept_together)
    before = len(target.findings)
    quiet = await _post(target, alone, 1, plan.longest_seconds)
    used, started = cpu.usage(target.groups), time.perf_counter()
    times = await _post(target, together, plan.accept_window, plan.longest_seconds)
    seconds = time.perf_counter() - started
    costs = cpu.per_message(used, cpu.usage(target.groups), len(times))
    refused = len(target.findings) - before
    await target.settle(len(quiet) + len(times) - refused, plan.settle_seconds)
    return {
        **latencies("alone", quiet),
        **latencies("together", times),
        "together_per_s": len(times) / seconds,
        "web_cpu_us": costs[target.web],
    }


async def _post(
    target: Target, hooks: list[Webhook], at_once: int, longest_seconds: float
) -> list[float]:
    """Post them, `at_once` at a time, on as many connections; return the seconds of each.

    What could not be begun in `longest_seconds` is left out.
    """
    waiting, times = iter(hooks), list[float]()
    over_at = time.perf_counter() + longest_seconds

    async def worker() -> None:
        caller = Caller(target.url)
        for hook in waiting:
            started = time.perf_counter()
            if started > over_at:
                break
            status, _ = await caller.call(hook.request)
            times.append(time.perf_counter() - started)
            if status != 200:
                target.findings.append(f"{target.name}: a webhook was answered {status}")
        caller.close()

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return times
