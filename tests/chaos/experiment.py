"""One run: people, faults and kills together; then quiet; then the verdict."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from chaos.checker import Verdict, gather, judge
from chaos.nemesis import Nemesis
from chaos.plan import Plan
from chaos.workload import Done, People
from handoff_common.database import Database, table_of
from handoff_common.messaging.topology import QUEUES
from handoff_common.tables import ConversationRow, MessageRow
from harness.operators import Operator
from harness.product import Options, Product
from harness.waiting import until


def options_of(plan: Plan, folder: Path) -> Options:
    """Return how the product is run for a plan."""
    return Options(
        folder,
        time_scale=plan.time_scale,
        pause_seconds=1.5,
        unanswered_minutes=plan.unanswered_minutes,
    )


async def run(product: Product, plan: Plan) -> dict[str, Any]:
    """Return the report of one run on a running product."""
    done = Done()
    people = People(product, plan, done)
    nemesis = Nemesis(product, plan)
    started = time.monotonic()
    async with AsyncExitStack() as stack:
        operators = [
            await stack.enter_async_context(product.operator(f"op{index}"))
            for index in range(plan.operators)
        ]
        await product.customers.faults(seed=plan.seed, **plan.faults)
        await _trouble(people, operators, nemesis)
        await product.customers.faults()
        await nemesis.relent()
        quarantined = await _quiet(product, people, operators, plan)
    database = Database(product.database_url, pool_size=1)
    try:
        verdict = judge(await gather(database, done, await product.customers.record()))
    finally:
        await database.close()
    return _report(product, plan, done, nemesis, verdict) | {
        "quarantined": quarantined,
        "seconds": round(time.monotonic() - started, 1),
    }


async def _trouble(people: People, operators: list[Operator], nemesis: Nemesis) -> None:
    """Until the customers have said everything."""
    background = [asyncio.create_task(nemesis.rage())]
    background += [
        asyncio.create_task(people.operator(operator, index))
        for index, operator in enumerate(operators[1:])
    ]
    writing = asyncio.gather(people.customers(), people.provoke(operators[0]))
    finished, _ = await asyncio.wait({writing, *background}, return_when="FIRST_COMPLETED")
    for task in background:
        task.cancel()
    results = await asyncio.gather(*background, return_exceptions=True)
    await writing if writing in finished else writing.cancel()
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _quiet(product: Product, people: People, operators: list[Operator], plan: Plan) -> int:
    """Wait until nothing is under way, replaying dead letters; return how many."""
    replayed = 0
    database = Database(product.database_url, pool_size=1)

    async def calm() -> bool:
        nonlocal replayed
        for queue in QUEUES:
            output = await product.command("dlq", "replay", queue)
            replayed += int(output.split()[0])
        for operator in operators:
            for item in await operator.conversations("mine"):
                await people.decide(operator, item["id"])
                await operator.close(item["id"])
        return await _under_way(database) == 0

    try:
        await until(calm, "quiet", seconds=plan.settle_seconds, every=2)
    except AssertionError:
        pass  # the verdict says what never ended
    finally:
        await database.close()
    return replayed


async def _under_way(database: Database) -> int:
    """Count messages without an end, bot turns without a decision, waits that will be overdue."""
    messages, conversations = table_of(MessageRow), table_of(ConversationRow)
    async with database.read() as connection:
        going = await connection.scalar(
            select(func.count()).select_from(messages).where(messages.c.open)
        )
        thinking = await connection.scalar(
            select(func.count())
            .select_from(conversations)
            .where(conversations.c.turn_state != "idle")
        )
        in_time = (conversations.c.owner == "waiting") & conversations.c.overdue_at.is_(None)
        waiting = await connection.scalar(
            select(func.count()).select_from(conversations).where(in_time)
        )
    return (going or 0) + (thinking or 0) + (waiting or 0)


def _report(
    product: Product, plan: Plan, done: Done, nemesis: Nemesis, verdict: Verdict
) -> dict[str, Any]:
    logs = product.logs()
    met = {
        "redelivery": logs.count("event.redelivered"),
        "doubtful": verdict.doubtful,
        "superseded": verdict.superseded,
        "settling": verdict.settling,
    }
    return {
        "mode": product.mode,
        "seed": plan.seed,
        "sent": len(done.sids),
        "undelivered_webhooks": done.undelivered,
        "replies": len(done.replies),
        "refused_replies": done.refused,
        "takeovers": done.claims,
        "lost_races": done.lost_races,
        "decisions": done.decisions,
        "kills": nemesis.kills,
        "server_restarts": nemesis.restarts,
        "forced_takeovers": logs.count("takeover.forced"),
        "met": met,
        "counts": all(met.values()),
        **asdict(verdict),
    }
