"""Conversations in the database: a batch is one transaction."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from handoff_common.database import Database, execute_many, table_of
from handoff_common.errors import TransientError
from handoff_common.events import (
    AnyCommand,
    CommandAnswered,
    CustomerWrote,
    DeliveryReported,
    TimerFired,
)
from handoff_common.events.command import Command
from handoff_common.tables import (
    CommandRow,
    ConversationRow,
    EffectRow,
    HandoffRow,
    MessageReportRow,
    MessageRow,
    RestoreRow,
)
from handoff_router.adapters.loading import Loaded, Timer, load
from handoff_router.adapters.saving import (
    PREVIEW,
    Rows,
    Values,
    command_row,
    conversation_values,
    outgoing_values,
    queued_row,
    received_row,
    settled_values,
    write_consents,
    write_names,
    write_reports,
    write_timers,
)
from handoff_router.domain.changes import (
    MACHINE_TIMERS,
    Change,
    ConsentChanged,
    HandoffBriefed,
    HandoffClaimed,
    HandoffClosed,
    HandoffGranted,
    HandoffOpened,
    Queued,
    Received,
    Settled,
    Step,
    Stored,
    TimerCleared,
    TimerSet,
)
from handoff_router.domain.conversation import Input, RouterInput
from handoff_router.domain.delivery import further
from handoff_router.domain.draft import Facts
from handoff_router.domain.state import Conversation

ZERO = timedelta(0)


class DatabaseConversations:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._restored_at: datetime | None = None
        self._knows_restores = False

    @asynccontextmanager
    async def locked(self, events: Sequence[RouterInput]) -> AsyncGenerator["DatabaseUnit"]:
        """Lock what the events are about; commits when the block ends.

        Raises `AwayError`; `TransientError` if another replica stored the same key meanwhile (one
        idempotency key, two conversations): the next try finds it.
        """
        try:
            async with self._database.write() as connection:
                loaded = await load(self._database, connection, events)
                unit = DatabaseUnit(loaded, await self._last_restore(connection))
                yield unit
                await unit.save(self._database, connection)
        except IntegrityError as error:
            raise TransientError("a key was taken meanwhile") from error

    async def _last_restore(self, connection: AsyncConnection) -> datetime | None:
        """Return when the database was last put back: read once, it can't be under a process."""
        if not self._knows_restores:
            last = select(func.max(col(RestoreRow.restored_at)))
            self._restored_at = await connection.scalar(last)
            self._knows_restores = True
        return self._restored_at


class DatabaseUnit:
    """One batch: what was loaded, brought up to date event by event, and what is to be written."""

    def __init__(self, loaded: Loaded, restored_at: datetime | None) -> None:
        self._loaded = loaded
        self._restored_at = restored_at
        self._conversations = Rows(ConversationRow)
        self._messages = Rows(MessageRow)
        self._handoffs = Rows(HandoffRow)
        self._timers: dict[tuple[UUID, str], Timer] = {}
        self._effects: list[Values] = []
        self._commands: list[Values] = []
        self._reports: dict[tuple[UUID, int], Values] = {}
        self._names: dict[str, str] = {}
        self._consents: dict[str, bool] = {}

    def stored(self, event: RouterInput) -> Stored | None:
        return self._loaded.stored.get(event.id)

    def conversation(self, event: RouterInput) -> Conversation | None:
        return self._loaded.conversations.get(self._id_of(event))

    def facts(self, event: RouterInput) -> Facts:
        position = self._loaded.positions.get(self._id_of(event))
        return Facts(
            self._loaded.now,
            self._loaded.ledger,
            self._loaded.ended,
            position,
            None if self._restored_at is None else self._restored_at + self._loaded.ahead,
        )

    def is_stale(self, event: RouterInput) -> bool:
        if not isinstance(event, TimerFired):
            return False
        timer = self._loaded.timers.get((event.conversation_id, event.kind))
        return timer is None or timer.due_at is None or timer.generation != event.generation

    def apply(self, event: Input, step: Step) -> None:
        before = self._loaded.conversations[step.state.id]
        self._loaded.conversations[step.state.id] = step.state
        if isinstance(event, TimerFired):
            key = (event.conversation_id, event.kind)
            self._set_timer(key, Timer(event.generation, None))
        if isinstance(event, CustomerWrote):
            self._names[event.customer] = event.profile_name
        for change in step.changes:
            self._write(change, step.state, event.trace)
        known = {message.id: message for message in before.outbox}
        for change in step.changes:
            if isinstance(change, Settled) and change.id in known:
                old = known[change.id]
                self._loaded.ended[change.id] = old.ended(change.status)
        for message in step.state.outbox:
            if known.get(message.id) != message:
                self._messages.update(message.id, outgoing_values(message))
        if step.state != before:
            values = conversation_values(step.state, self._loaded.now)
            self._conversations.update(step.state.id, values)
        self._remember(event, Stored(step.events, step.answer))

    def ignore(self, event: RouterInput) -> None:
        self._remember(event, Stored())

    def refuse(self, command: AnyCommand, answer: CommandAnswered) -> None:
        self._remember(command, Stored(answer=answer))

    def report(self, event: DeliveryReported) -> Conversation | None:
        self._remember(event, Stored())
        conversation = self._loaded.conversations.get(event.conversation_id)
        known = self._loaded.deliveries.get(event.message_id)
        if conversation is None or known is None:
            return None
        key = (event.message_id, event.attempt)
        if further(self._loaded.reports.get(key, ""), event.status):
            self._loaded.reports[key] = event.status
            self._reports[key] = MessageReportRow(
                message_id=event.message_id,
                attempt=event.attempt,
                message_sid=event.message_sid,
                status=event.status,
                code=event.code,
                reported_at=self._loaded.now,
            ).model_dump()
        if not further(known, event.status):
            return None
        self._loaded.deliveries[event.message_id] = event.status
        self._messages.update(event.message_id, {"delivery": event.status})
        if event.code is not None:
            self._messages.update(event.message_id, {"code": event.code})
        conversation = replace(conversation, version=conversation.version + 1)
        self._loaded.conversations[conversation.id] = conversation
        values = conversation_values(conversation, self._loaded.now)
        self._conversations.update(conversation.id, values)
        return conversation

    async def save(self, database: Database, connection: AsyncConnection) -> None:
        """Write everything, parents first."""
        for rows in (self._conversations, self._handoffs, self._messages):
            await rows.write(connection)
        await write_timers(database, connection, self._timer_rows())
        await write_names(connection, self._names)
        await write_consents(connection, self._consents, self._loaded.now)
        await write_reports(database, connection, list(self._reports.values()))
        await execute_many(connection, table_of(CommandRow).insert(), self._commands)
        await execute_many(connection, table_of(EffectRow).insert(), self._effects)

    def _write(self, change: Change, state: Conversation, trace: str) -> None:
        now = self._loaded.now
        match change:
            case Received():
                self._messages.insert(received_row(change, state.id, now), change.id)
                self._preview(state, change.event.text)
            case Queued(message):
                self._messages.insert(queued_row(change, state.id, now), message.id)
                self._preview(state, message.text)
            case Settled():
                self._messages.update(change.id, settled_values(change))
            case TimerSet(kind, delay):
                generation = self._loaded.timers.get((state.id, kind), Timer()).generation + 1
                due_at = now + delay - (self._loaded.ahead if kind in MACHINE_TIMERS else ZERO)
                self._set_timer((state.id, kind), Timer(generation, due_at, trace))
            case TimerCleared(kind):
                timer = self._loaded.timers.get((state.id, kind), Timer())
                self._set_timer((state.id, kind), Timer(timer.generation, None))
            case ConsentChanged(opted_out):
                self._consents[state.customer] = opted_out
            case _:
                self._write_handoff(change, state, now)

    def _write_handoff(
        self,
        change: HandoffOpened | HandoffBriefed | HandoffClaimed | HandoffGranted | HandoffClosed,
        state: Conversation,
        now: datetime,
    ) -> None:
        match change:
            case HandoffOpened(handoff, reason, seq):
                row = HandoffRow(
                    id=handoff,
                    conversation_id=state.id,
                    reason=reason[:40],
                    opened_at=now,
                    opened_seq=seq,
                )
                self._handoffs.insert(row, handoff)
            case HandoffBriefed(handoff, brief):
                self._handoffs.update(handoff, {"brief": brief.model_dump(mode="json")})
            case HandoffClaimed(handoff, operator):
                self._handoffs.update(handoff, {"claimed_at": now, "operator_id": operator})
            case HandoffGranted(handoff):
                self._handoffs.update(handoff, {"granted_at": now})
            case HandoffClosed(handoff, outcome, note):
                values = {"closed_at": now, "outcome": outcome, "note": note}
                self._handoffs.update(handoff, values)

    def _preview(self, state: Conversation, text: str) -> None:
        self._conversations.update(state.id, {"preview": text[:PREVIEW]})

    def _set_timer(self, key: tuple[UUID, str], timer: Timer) -> None:
        self._loaded.timers[key] = timer
        self._timers[key] = timer

    def _timer_rows(self) -> list[Values]:
        return [
            {
                "conversation_id": conversation,
                "kind": kind,
                "generation": timer.generation,
                "due_at": timer.due_at,
                "leased_until": None,
                "trace": timer.trace,
            }
            for (conversation, kind), timer in sorted(self._timers.items())
        ]

    def _remember(self, event: RouterInput, stored: Stored) -> None:
        # With the digest: the same click may come twice in one batch.
        digest = event.digest if isinstance(event, Command) else ""
        self._loaded.stored[event.id] = replace(stored, digest=digest)
        self._effects.append(
            {
                "cause_id": event.id,
                "events": [effect.model_dump(mode="json") for effect in stored.events],
                "created_at": self._loaded.now,
            }
        )
        if isinstance(event, Command) and stored.answer is not None:
            row = command_row(event, stored.answer, self._loaded.now)
            self._commands.append(row)

    def _id_of(self, event: RouterInput) -> UUID:
        if isinstance(event, CustomerWrote):
            return self._loaded.ids[event.customer, event.business]
        return event.conversation_id
