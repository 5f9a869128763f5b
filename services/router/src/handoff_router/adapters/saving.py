"""What a batch changed, written with few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from handoff_common.database import Database, execute_many, table_of
from handoff_common.events import CommandAnswered, CustomerWrote
from handoff_common.events.command import Command, ReplyRequested
from handoff_common.tables import (
    CommandRow,
    ContactRow,
    MessageReportRow,
    MessageRow,
    TimerRow,
)
from handoff_router.domain.changes import Queued, Received, Settled
from handoff_router.domain.state import KINDS, Conversation, Outgoing, Waiting, operator_of

Values: TypeAlias = dict[str, Any]

PREVIEW = 120


@dataclass(slots=True)
class Rows:
    """Inserts and updates of one table by key; a new row's update is part of its insert."""

    table: type[SQLModel]
    inserts: dict[UUID, Values] = field(default_factory=dict[UUID, Values])
    updates: dict[UUID, Values] = field(default_factory=dict[UUID, Values])

    def insert(self, row: SQLModel, key: UUID) -> None:
        self.inserts[key] = row.model_dump()

    def update(self, key: UUID, values: Values) -> None:
        if key in self.inserts:
            self.inserts[key].update(values)
        else:
            self.updates.setdefault(key, {}).update(values)

    async def write(self, connection: AsyncConnection) -> None:
        table = table_of(self.table)
        await execute_many(connection, table.insert(), list(self.inserts.values()))
        alike: dict[frozenset[str], list[Values]] = {}
        for key, values in sorted(self.updates.items()):
            alike.setdefault(frozenset(values), []).append({"key": key, **values})
        for names, rows in alike.items():
            statement = (
                update(table)
                .where(table.c.id == bindparam("key"))
                .values({name: bindparam(name) for name in sorted(names)})
            )
            await execute_many(connection, statement, rows)


def conversation_values(state: Conversation, now: datetime) -> Values:
    owner = state.owner
    return {
        "owner": KINDS[type(owner)],
        "operator_id": operator_of(owner),
        "department": owner.department if isinstance(owner, Waiting) else "",
        "overdue_at": owner.overdue_at if isinstance(owner, Waiting) else None,
        "handoff_id": state.handoff,
        "epoch": state.epoch,
        "version": state.version,
        "seq": state.seq,
        "window_id": state.window,
        "turn": state.turn.number,
        "turn_state": state.turn.state,
        "turn_upto": state.turn.upto,
        "turn_asked": state.turn.asked,
        "turn_since": state.turn.since,
        "superseded_turns": state.turn.superseded,
        "inbound_seq": state.inbound_seq,
        "last_inbound_at": state.last_inbound_at,
        "opted_out": state.opted_out,
        "note": state.note,
        "note_seq": state.note_seq,
        "updated_at": now,
    }


def outgoing_values(message: Outgoing) -> Values:
    return {
        "status": message.status,
        "attempt": message.attempt,
        "releases": message.releases,
        "doubt_is_last": message.doubt_is_last,
        "answers_after": message.answers_after,
    }


def received_row(change: Received, conversation: UUID, now: datetime) -> MessageRow:
    event = change.event
    return MessageRow(
        id=change.id,
        conversation_id=conversation,
        seq=change.seq,
        author="customer",
        text=event.text,
        content=_content(event),
        message_sid=event.message_sid,
        created_at=now,
        status="received",
    )


def queued_row(change: Queued, conversation: UUID, now: datetime) -> MessageRow:
    message = change.message
    return MessageRow(
        id=message.id,
        conversation_id=conversation,
        seq=message.seq,
        author=change.author,
        operator_id=message.operator,
        text=message.text,
        created_at=now,
        status="queued",
        open=True,
        automatic=message.automatic,
        epoch=message.epoch,
        answers_after=message.answers_after,
        sources=list(change.sources) or None,
    )


def _content(event: CustomerWrote) -> Values | None:
    told = {"media", "media_missing", "location", "button", "in_reply_to"}
    whole = event.model_dump(mode="json", include=told)
    content = {name: value for name, value in whole.items() if value}
    return content or None


async def write_timers(
    database: Database, connection: AsyncConnection, rows: Iterable[Values]
) -> None:
    insert = database.insert(TimerRow)
    columns = table_of(TimerRow).c
    statement = insert.on_conflict_do_update(
        index_elements=[columns.conversation_id, columns.kind],
        set_={
            "generation": insert.excluded.generation,
            "due_at": insert.excluded.due_at,
            "leased_until": None,
            "trace": insert.excluded.trace,
        },
    )
    await execute_many(connection, statement, list(rows))


async def write_names(connection: AsyncConnection, names: dict[str, str]) -> None:
    """Keep the name that a customer shows now."""
    table = table_of(ContactRow)
    statement = (
        update(table)
        .where(table.c.address == bindparam("key"), table.c.profile_name != bindparam("name"))
        .values(profile_name=bindparam("name"))
    )
    rows = [{"key": address, "name": name} for address, name in sorted(names.items()) if name]
    await execute_many(connection, statement, rows)


async def write_consents(
    connection: AsyncConnection, consents: dict[str, bool], now: datetime
) -> None:
    table = table_of(ContactRow)
    statement = (
        update(table)
        .where(table.c.address == bindparam("key"))
        .values(opted_out_at=bindparam("moment"))
    )
    rows = [
        {"key": address, "moment": now if opted_out else None}
        for address, opted_out in sorted(consents.items())
    ]
    await execute_many(connection, statement, rows)


async def write_reports(
    database: Database, connection: AsyncConnection, rows: list[Values]
) -> None:
    insert = database.insert(MessageReportRow)
    columns = table_of(MessageReportRow).c
    names = ("message_sid", "status", "code", "reported_at")
    statement = insert.on_conflict_do_update(
        index_elements=[columns.message_id, columns.attempt],
        set_={name: insert.excluded[name] for name in names},
    )
    await execute_many(connection, statement, rows)


def settled_values(change: Settled) -> Values:
    values: Values = {"status": change.status, "open": False, "doubt_is_last": False}
    if change.sid is not None:
        values["message_sid"] = change.sid
    if change.code is not None:
        values["code"] = change.code
    return values


def command_row(command: Command, answer: CommandAnswered, now: datetime) -> Values:
    return CommandRow(
        id=command.id,
        conversation_id=command.conversation_id,
        operator_id=command.operator_id,
        kind=str(type(command).model_fields["type"].default),
        digest=command.digest,
        accepted=answer.accepted,
        reason=answer.reason,
        answer=answer.model_dump(mode="json"),
        text=command.text if isinstance(command, ReplyRequested) and answer.reason else "",
        epoch_seen=command.epoch_seen,
        decided_at=now,
    ).model_dump()
