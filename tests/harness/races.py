"""Takeovers against the bot's answers, many at once; `python -m harness.races --races 1000`.

In each race a customer asks, and two operators claim at the same random moment around the bot's
answer. One of them must get it, the other must be told who; and nothing automatic may reach the
phone that Twilio had not accepted before the takeover was granted.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import col

from chaos.checker import Evidence, gather, judge
from chaos.workload import Done
from handoff_common.database import Database
from handoff_common.tables import ConversationRow
from handoff_common.testing.servers import provide
from harness.distributed import Distributed
from harness.operators import Json, Operator
from harness.product import Options, Product
from harness.standalone import Standalone
from harness.waiting import until

QUESTION = "vocês aceitam pix?"
ANSWER = "Pix"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many races, and how they go. Times in seconds, as they are."""

    races: int = 1000
    at_once: int = 20
    seed: int = 1
    delay_ms: tuple[int, int] = (0, 200)
    """How long Twilio takes to accept a send, and again to answer."""
    prefix: str = "+55317"
    """Of the customers' numbers."""

    first_claim: float = 0.5
    """How long after the question the first claims come; see `Races`."""

    def number(self, index: int) -> str:
        return f"{self.prefix}{index:08}"


@dataclass(slots=True)
class Report:
    """Each of the first group must be 0; each of the second must not, or the run doesn't count."""

    mode: str
    races: int
    over_human: int = 0
    """Automatic messages that Twilio accepted after the takeover's grant."""
    claimed_late: int = 0
    """Automatic messages whose sending was claimed after the takeover's claim."""
    owners: int = 0
    """Races without exactly one owner, or whose loser was not told who."""
    others: int = 0
    """Every other broken promise: lost, doubled, reordered, unexpected."""
    said: int = 0
    """Answers that were on the phone: the bot was first."""
    settled: int = 0
    """Takeovers that waited for the bot's message on its way."""
    superseded: int = 0
    """Answers that the fence stopped."""
    unspoken: int = 0
    """Turns that ended without any answer of the bot's."""
    seconds: float = 0
    findings: list[str] = field(default_factory=list[str])

    @property
    def broken(self) -> int:
        return self.over_human + self.claimed_late + self.owners + self.others

    @property
    def counts(self) -> bool:
        return bool(self.said and self.settled and self.superseded + self.unspoken)


class Races:
    """Runs them on a running product.

    How long an answer takes depends on the machine and its load, so each race moves the typical
    moment of the next claims a little: later if the bot had said nothing yet, else earlier.
    """

    def __init__(self, product: Product, operators: tuple[Operator, Operator], plan: Plan) -> None:
        self._product = product
        self._operators = operators
        self._plan = plan
        self._done = Done()
        self._report = Report(product.mode, plan.races)
        self._winners: dict[UUID, str] = {}
        self._typical = plan.first_claim

    async def run(self) -> Report:
        started = time.monotonic()
        database = Database(self._product.database_url, pool_size=4)
        await self._product.customers.faults(
            seed=self._plan.seed,
            accept_delay_ms=self._plan.delay_ms,
            delay_ms=self._plan.delay_ms,
        )
        try:
            limit = asyncio.Semaphore(self._plan.at_once)
            await asyncio.gather(
                *(self._limited(limit, database, index) for index in range(self._plan.races))
            )
            await self._product.customers.faults()
            evidence = await self._settled(database)
        finally:
            await database.close()
        self._judge(evidence)
        self._report.seconds = round(time.monotonic() - started, 1)
        return self._report

    async def _limited(self, limit: asyncio.Semaphore, database: Database, index: int) -> None:
        async with limit:
            await self._race(database, index)

    async def _race(self, database: Database, index: int) -> None:
        random = Random(f"{self._plan.seed}/race/{index}")
        moment = random.uniform(0.3, 1.7) * self._typical
        number = self._plan.number(index)
        written = await self._product.customers.write(number, QUESTION, wait=True)
        self._done.sids[written["sid"]] = QUESTION
        _, conversation = await asyncio.gather(
            asyncio.sleep(moment), _conversation_with(database, number)
        )
        answers = await asyncio.gather(
            *(operator.claim(str(conversation)) for operator in self._operators)
        )
        self._winners[conversation] = self._winner(answers)
        self._typical *= 0.95 if await self._product.customers.got(number) else 1.05

    def _winner(self, answers: Sequence[tuple[int, Json]]) -> str:
        """Return who won, or nothing if it was not exactly one of whom the other was told."""
        won = [
            operator.id
            for operator, (status, _) in zip(self._operators, answers, strict=True)
            if status == 200
        ]
        told = [
            answer["owner"]["operator_id"]
            for status, answer in answers
            if status == 409 and answer["reason"] == "taken"
        ]
        if len(won) == 1 and told == won:
            return won[0]
        self._report.owners += 1
        self._report.findings.append(f"won: {won}, told: {told}")
        return ""

    async def _settled(self, database: Database) -> Evidence:
        """Return the evidence about the races, once nothing of theirs is under way."""

        async def calm() -> Evidence | None:
            record = await self._product.customers.record()
            evidence = self._ours(await gather(database, self._done, record))
            open_messages = any(row.open for row in evidence.messages)
            granted = sum(row.granted_at is not None for row in evidence.handoffs)
            return None if open_messages or granted < self._plan.races else evidence

        return await until(calm, "every race to end", seconds=60, every=0.5)

    def _ours(self, evidence: Evidence) -> Evidence:
        def here(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
            return [row for row in rows if row.conversation_id in self._winners]

        prefix = f"whatsapp:{self._plan.prefix}"
        return replace(
            evidence,
            record=[shown for shown in evidence.record if shown.customer.startswith(prefix)],
            messages=here(evidence.messages),
            handoffs=here(evidence.handoffs),
            sends=here(evidence.sends),
        )

    def _judge(self, evidence: Evidence) -> None:
        report, verdict = self._report, judge(evidence)
        report.over_human = verdict.over_human
        report.others = verdict.broken - verdict.over_human
        report.settled = verdict.settling
        report.superseded = verdict.superseded
        report.said = len(evidence.record)
        answered = {row.conversation_id for row in evidence.messages if row.automatic}
        report.unspoken = len(self._winners) - len(answered)
        report.findings += verdict.findings
        self._claims_were_in_time(evidence)
        self._owners_are_right(evidence)

    def _claims_were_in_time(self, evidence: Evidence) -> None:
        taken: dict[UUID, datetime] = {
            row.conversation_id: row.claimed_at for row in evidence.handoffs if row.claimed_at
        }
        for row in evidence.sends:
            if row.automatic and row.claimed_at > taken[row.conversation_id]:
                self._report.claimed_late += 1
                late = row.claimed_at - taken[row.conversation_id]
                self._report.findings.append(f"{row.message_id}: claimed {late} after the takeover")

    def _owners_are_right(self, evidence: Evidence) -> None:
        owners = [(row.conversation_id, str(row.operator_id)) for row in evidence.handoffs]
        if sorted(owners) != sorted(self._winners.items()):
            self._report.owners += 1
            self._report.findings.append("the handoffs are not the winners'")


async def _conversation_with(database: Database, number: str) -> UUID:
    asked = select(col(ConversationRow.id)).where(
        col(ConversationRow.customer) == f"whatsapp:{number}"
    )

    async def found() -> UUID | None:
        async with database.read() as connection:
            return await connection.scalar(asked)

    return await until(found, f"a conversation with {number}", every=0.02)


async def run(product: Product, plan: Plan) -> Report:
    """Add two operators to a running product, and let them race."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(product.operator("Iara"))
        second = await stack.enter_async_context(product.operator("Jonas"))
        return await Races(product, (first, second), plan).run()


async def both(plan: Plan, modes: Sequence[str], folder: Path) -> list[Report]:
    options = Options(folder, time_scale=0.2, pause_seconds=0.5, log_level="WARNING")
    reports: list[Report] = []
    if "standalone" in modes:
        alone = Standalone(replace(options, folder=folder / "standalone"))
        async with alone.running() as product:
            reports.append(await run(product, plan))
    if "distributed" in modes:
        async with provide() as servers:
            apart = Distributed(replace(options, folder=folder / "distributed"), given=servers)
            async with apart.running() as product:
                reports.append(await run(product, plan))
    return reports


def main() -> None:
    parser = argparse.ArgumentParser(prog="races", description=__doc__)
    parser.add_argument("--races", type=int, default=Plan().races)
    parser.add_argument("--seed", type=int, default=Plan().seed)
    parser.add_argument("--mode", action="append", choices=["standalone", "distributed"])
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    plan = Plan(races=asked.races, seed=asked.seed)
    with tempfile.TemporaryDirectory(prefix="handoff-races-") as folder:
        reports = asyncio.run(both(plan, asked.mode or ["standalone", "distributed"], Path(folder)))
    written = [asdict(report) | {"counts": report.counts} for report in reports]
    for report in written:
        sys.stdout.write(" ".join(f"{name}={value}" for name, value in report.items()) + "\n")
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(json.dumps(written, indent=2))
    sys.exit(0 if all(r.counts and not r.broken for r in reports) else 1)


if __name__ == "__main__":
    main()
