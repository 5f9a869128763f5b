"""Reading the messages of a conversation."""

from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import RowMapping, Select, select

from handoff_common.database import Database, table_of
from handoff_common.ids import OperatorId
from handoff_common.tables import ConversationRow, MessageRow, OperatorRow
from handoff_operator_api.domain.inbox import Message, can_decide

_M, _OPERATORS = table_of(MessageRow).c, table_of(OperatorRow).c
_C = table_of(ConversationRow).c
_Rows: TypeAlias = Select[Any]


class Messages:
    """Messages as operators read them. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(
        self, conversation: UUID, reader: OperatorId, *, seq: int | None, limit: int
    ) -> list[Message] | None:
        """Return the last messages (before one) in order; None: no such conversation."""
        statement = _rows(conversation).order_by(_M.seq.desc()).limit(limit)
        if seq is not None:
            statement = statement.where(_M.seq < seq)
        found = await self._read(conversation, reader, statement)
        return None if found is None else found[::-1]

    async def after(
        self, conversation: UUID, reader: OperatorId, *, seq: int, limit: int
    ) -> list[Message] | None:
        """Return the first messages after one in order; None: no such conversation."""
        statement = _rows(conversation).where(_M.seq > seq).order_by(_M.seq).limit(limit)
        return await self._read(conversation, reader, statement)

    async def _read(
        self, conversation: UUID, reader: OperatorId, statement: _Rows
    ) -> list[Message] | None:
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            if not rows:
                known = select(_C.id).where(_C.id == conversation)
                if await connection.scalar(known) is None:
                    return None
        return [_message(row, reader) for row in rows]


def _rows(conversation: UUID) -> _Rows:
    return (
        select(table_of(MessageRow), _OPERATORS.name.label("operator_name"))
        .join_from(
            table_of(MessageRow),
            table_of(OperatorRow),
            _OPERATORS.id == _M.operator_id,
            isouter=True,
        )
        .where(_M.conversation_id == conversation)
    )


def _message(row: RowMapping, reader: OperatorId) -> Message:
    return Message(
        id=row["id"],
        seq=row["seq"],
        author=row["author"],
        operator_id=row["operator_id"],
        operator_name=row["operator_name"],
        text=row["text"],
        created_at=row["created_at"],
        status=row["status"],
        delivery=row["delivery"],
        code=row["code"],
        automatic=row["automatic"],
        attempt=row["attempt"],
        can_decide=can_decide(
            status=row["status"],
            doubt_is_last=row["doubt_is_last"],
            author=row["operator_id"],
            reader=reader,
        ),
        sources=tuple(row["sources"] or ()),
    )
