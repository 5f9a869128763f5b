"""The verdict: what customers wrote and saw, against what the product says it did."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from chaos.workload import Done
from handoff_common.database import Database
from handoff_common.tables import HandoffRow, MessageRow, SendRow
from handoff_router.domain.policy import Texts
from harness.customers import Shown

NOBODY_FREE = Texts().unanswered
EXCUSED = ("refused", "unconfirmed", "given_up")


@dataclass(slots=True)
class Verdict:
    """Counts of broken promises (each must be 0), and of what is shown as it is."""

    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    over_human: int = 0
    unexpected: int = 0
    """Messages at Twilio that the product knows nothing of."""
    unconfirmed: int = 0
    superseded: int = 0
    refused: int = 0
    given_up: int = 0
    settling: int = 0
    """Takeovers that waited for an attempt."""
    doubtful: int = 0
    overdue: int = 0
    """Handoffs that nobody claimed in time."""
    findings: list[str] = field(default_factory=list[str])

    @property
    def broken(self) -> int:
        return self.lost + self.doubled + self.reordered + self.over_human + self.unexpected

    def found(self, what: str) -> None:
        if len(self.findings) < 20:
            self.findings.append(what)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to know at the end of a run."""

    done: Done
    record: Sequence[Shown]
    messages: Sequence[Row[Any]]
    handoffs: Sequence[Row[Any]]
    sends: Sequence[Row[Any]]


async def gather(database: Database, done: Done, record: Sequence[Shown]) -> Evidence:
    async with database.read() as connection:
        messages = (await connection.execute(select(MessageRow))).all()
        handoffs = (await connection.execute(select(HandoffRow))).all()
        sends = (await connection.execute(select(SendRow))).all()
    return Evidence(done, record, messages, handoffs, sends)


def judge(evidence: Evidence) -> Verdict:
    """Return what is true of a run."""
    verdict = Verdict()
    _customers_were_heard(evidence, verdict)
    _messages_ended(evidence, verdict)
    _nothing_twice(evidence, verdict)
    _told_once(evidence, verdict)
    _in_order(evidence, verdict)
    _never_over_a_person(evidence, verdict)
    ends = Counter(row.status for row in evidence.messages)
    verdict.unconfirmed = ends["unconfirmed"]
    verdict.superseded = ends["superseded"]
    verdict.refused = ends["refused"]
    verdict.given_up = ends["given_up"]
    verdict.settling = sum(
        row.granted_at is not None and row.granted_at > row.claimed_at for row in evidence.handoffs
    )
    verdict.doubtful = sum(row.checks > 0 or row.state == "unknown" for row in evidence.sends)
    return verdict


def _customers_were_heard(evidence: Evidence, verdict: Verdict) -> None:
    timeline = {row.message_sid for row in evidence.messages if row.author == "customer"}
    for sid in evidence.done.sids:
        if sid not in timeline:
            verdict.lost += 1
            verdict.found(f"{sid}: written by a customer, not in the timeline")


def _messages_ended(evidence: Evidence, verdict: Verdict) -> None:
    arrived = {shown.message_id for shown in evidence.record}
    status = {str(row.id): row.status for row in evidence.messages}
    for row in evidence.messages:
        if row.author == "customer":
            continue
        if row.open:
            verdict.lost += 1
            verdict.found(f"{row.id}: no final state ({row.status}, attempt {row.attempt})")
        elif row.status == "accepted" and str(row.id) not in arrived:
            verdict.lost += 1
            verdict.found(f"{row.id}: marked accepted, and Twilio has nothing")
    for message in evidence.done.replies:
        if message not in arrived and status.get(message) not in EXCUSED:
            verdict.lost += 1
            verdict.found(f"{message}: an operator's reply is missing ({status.get(message)})")


def _nothing_twice(evidence: Evidence, verdict: Verdict) -> None:
    known = {str(row.id) for row in evidence.messages}
    for message, count in Counter(shown.message_id for shown in evidence.record).items():
        if message not in known:
            verdict.unexpected += count
            verdict.found(f"{message}: at Twilio, and unknown here")
        elif count > 1 and message not in evidence.done.resent:
            verdict.doubled += 1
            verdict.found(f"{message}: accepted {count} times")


def _told_once(evidence: Evidence, verdict: Verdict) -> None:
    """Check that nobody was told twice about one handoff that nobody is free yet."""
    opened: dict[object, list[int]] = defaultdict(list)
    for row in sorted(evidence.handoffs, key=lambda row: row.opened_seq):
        opened[row.conversation_id].append(row.opened_seq)
    notices = Counter(
        (row.conversation_id, bisect_left(opened[row.conversation_id], row.seq))
        for row in evidence.messages
        if row.author == "system" and row.text == NOBODY_FREE
    )
    verdict.overdue = len(notices)
    for (conversation, _), count in notices.items():
        if count > 1:
            verdict.doubled += 1
            verdict.found(f"{conversation}: told {count} times about one handoff")


def _in_order(evidence: Evidence, verdict: Verdict) -> None:
    place = {str(row.id): (row.conversation_id, row.seq) for row in evidence.messages}
    last: dict[object, int] = defaultdict(int)
    for shown in sorted(evidence.record, key=lambda shown: shown.number):
        if shown.message_id not in place or shown.message_id in evidence.done.resent:
            continue
        conversation, seq = place[shown.message_id]
        if seq < last[conversation]:
            verdict.reordered += 1
            verdict.found(f"{shown.message_id}: number {seq} came after {last[conversation]}")
        last[conversation] = max(last[conversation], seq)


def _never_over_a_person(evidence: Evidence, verdict: Verdict) -> None:
    held: dict[object, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in evidence.handoffs:
        if row.granted_at is not None:
            held[row.conversation_id].append((row.granted_at, row.closed_at))
    automatic = {str(row.id): row.conversation_id for row in evidence.messages if row.automatic}
    for shown in evidence.record:
        accepted = datetime.fromisoformat(shown.created_at)
        for granted, closed in held[automatic.get(shown.message_id)]:
            if granted < accepted and (closed is None or accepted < closed):
                verdict.over_human += 1
                verdict.found(f"{shown.message_id}: accepted {accepted - granted} after the grant")
