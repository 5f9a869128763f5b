"""End to end: from a customer's webhook to the answer at the simulator (or the floor's stub)."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench import cpu
from bench.figures import latencies
from bench.plan import Plan
from bench.target import Target
from bench.webhooks import Webhook, customers, webhooks
from bench.wire import Caller

_BLOCK = 8
_ANSWER_SECONDS = 30
_GAP_SECONDS = 0.1
"""After an answer come its status callbacks, 10 to 50 ms each: the next message waits for them."""
_OUTSIDE = ("generator", "simulator")
_POLL_SECONDS = 0.02
_BUSY_POLL_SECONDS = 0.05
"""A poll costs the simulator about a millisecond, which is taken from the product."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message and its answer, by the clock of the day."""

    wrote_at: float
    answered_at: float


class Conversations:
    """The customers of one target; each has at most one message waiting for its answer."""

    def __init__(self, target: Target, plan: Plan) -> None:
        self._target = target
        self._plan = plan
        self._who = customers(_BLOCK, plan.window)
        self._wrote = Counter[str]()
        self._settled = 0

    async def warm_up(self) -> None:
        """Let everyone write once: connections, caches, the rows of new contacts."""
        async with self._target.reading(_BUSY_POLL_SECONDS):
            await self._together(len(self._who))
        await self._settle()

    async def repetition(self) -> dict[str, float]:
        """Measure one repetition: one message at a time, then `window`; then let it rest."""
        target, plan = self._target, self._plan
        async with target.reading(_POLL_SECONDS):
            alone = await self._alone(plan.unloaded)
        await self._settle()
        used = cpu.usage(target.groups)
        async with target.reading(_BUSY_POLL_SECONDS):
            together = await self._together(plan.sustained)
        await self._settle()
        costs = cpu.per_message(used, cpu.usage(target.groups), len(together))
        ours = sum(cost for name, cost in costs.items() if name not in _OUTSIDE)
        return {
            **latencies("alone", [e.answered_at - e.wrote_at for e in alone]),
            **latencies("together", [e.answered_at - e.wrote_at for e in together]),
            "together_per_s": sustained(together),
            "all_cpu_us": ours,
            **{f"{name}_cpu_us": cost for name, cost in costs.items()},
        }

    def check(self) -> None:
        """Everybody was answered as often as they wrote; else it is a finding."""
        for customer, wrote in self._wrote.items():
            got = self._target.inbox.counts[customer]
            if got != wrote:
                self._target.findings.append(
                    f"{self._target.name}: somebody wrote {wrote} times and got {got} answers"
                )

    async def _settle(self) -> None:
        """Let it rest; what was accepted has to be there whether it was answered in time or not."""
        accepted = self._wrote.total() - self._settled
        self._settled += accepted
        await self._target.settle(accepted, self._plan.settle_seconds)

    async def _alone(self, count: int) -> list[Exchange]:
        hooks = webhooks(self._target.url, self._who, count)
        return await self._talk(hooks, gap_seconds=_GAP_SECONDS)

    async def _together(self, count: int) -> list[Exchange]:
        """Let everybody write, and write again when they were answered."""
        hooks: dict[str, list[Webhook]] = {}
        for hook in webhooks(self._target.url, self._who, count):
            hooks.setdefault(hook.customer, []).append(hook)
        done = await asyncio.gather(*(self._talk(own) for own in hooks.values()))
        return [exchange for own in done for exchange in own]

    async def _talk(self, hooks: Sequence[Webhook], *, gap_seconds: float = 0) -> list[Exchange]:
        """Write, wait for the answer, write again; begin nothing after `longest_seconds`."""
        caller, done = Caller(self._target.url), list[Exchange]()
        over_at = time.time() + self._plan.longest_seconds
        for hook in hooks:
            if time.time() > over_at:
                break
            if (exchange := await self._exchange(caller, hook)) is not None:
                done.append(exchange)
            await asyncio.sleep(gap_seconds)
        caller.close()
        return done

    async def _exchange(self, caller: Caller, hook: Webhook) -> Exchange | None:
        inbox = self._target.inbox
        inbox.expect(hook.customer)
        wrote_at = time.time()
        status, _ = await caller.call(hook.request)
        if status != 200:
            self._target.findings.append(f"{self._target.name}: a webhook was answered {status}")
            return None
        self._wrote[hook.customer] += 1
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return Exchange(wrote_at, await inbox.answered(hook.customer))
        except TimeoutError:
            self._target.findings.append(f"{self._target.name}: a message was never answered")
            return None


def sustained(exchanges: Sequence[Exchange]) -> float:
    """Return answers per second between the first tenth and the last, where all are at work."""
    times = sorted(exchange.answered_at for exchange in exchanges)
    first, last = len(times) // 10, len(times) * 9 // 10
    return (last - first) / (times[last] - times[first])
