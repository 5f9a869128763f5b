"""What was said, read from the router's tables."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bot.domain.brief import Remark
from handoff_bot.domain.turn import Line, Turn
from handoff_common.database import Database, table_of
from handoff_common.tables import ConversationRow, MessageRow

BACKGROUND = 20
"""How many messages besides the burst a turn shows; more never helped an answer."""
_WINDOW = 100
"""How many messages are read at most: a longer burst loses its beginning."""
_LOST = ("superseded", "refused", "given_up")
"""Statuses of messages that the customer never saw, so they asked and disclosed nothing."""

_conversations = table_of(ConversationRow).c
_messages = table_of(MessageRow).c
_seen = or_(_messages.author == "customer", _messages.status.not_in(_LOST))


class _Position(NamedTuple):
    answered: int
    note: str
    episode: int


class _Message(NamedTuple):
    seq: int
    author: str
    text: str
    content: Mapping[str, Any] | None


class DatabaseTranscripts:
    """Reads conversations and messages; raises `AwayError` while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turn(self, conversation_id: UUID, *, upto_seq: int) -> Turn:
        """Return the turn that ends with message `upto_seq`. Raises `LookupError`.

        The conversation is read first. Should a turn end meanwhile, then ours is stale, and the
        router drops what comes of it.
        """
        async with self._database.read() as connection:
            position = await _position(connection, conversation_id)
            introduced = await _introduced(connection, conversation_id, upto_seq)
            messages = await _until(connection, conversation_id, position, upto_seq)
        new = [message for message in messages if _is_new(message, position)]
        before = [message for message in messages if not _is_new(message, position)]
        return Turn(
            new=tuple(_line(message) for message in new),
            before=tuple(_line(message) for message in before[-BACKGROUND:]),
            note=position.note,
            introduced=introduced,
        )

    async def episode(
        self, conversation_id: UUID, *, since_seq: int, upto_seq: int
    ) -> Sequence[Remark]:
        """Return the messages after `since_seq` up to `upto_seq`, oldest first; the last ones."""
        statement = (
            select(
                _messages.seq,
                _messages.author,
                _messages.text,
                _messages.content,
                _messages.sources,
            )
            .where(
                _messages.conversation_id == conversation_id,
                _messages.seq > since_seq,
                _messages.seq <= upto_seq,
                _seen,
            )
            .order_by(_messages.seq.desc())
            .limit(_WINDOW)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Remark(row.seq, row.author, row.text, _attached(row.content), tuple(row.sources or ()))
            for row in reversed(rows)
        ]


async def _position(connection: AsyncConnection, conversation_id: UUID) -> _Position:
    columns = (_conversations.turn_upto, _conversations.note, _conversations.note_seq)
    found = await connection.execute(select(*columns).where(_conversations.id == conversation_id))
    row = found.one_or_none()
    if row is None:
        raise LookupError(f"conversation {conversation_id}")
    return _Position(*row)


async def _introduced(connection: AsyncConnection, conversation_id: UUID, upto_seq: int) -> bool:
    found = await connection.execute(
        select(_messages.seq)
        .where(
            _messages.conversation_id == conversation_id,
            _messages.author == "bot",
            _messages.seq <= upto_seq,
            _seen,
        )
        .limit(1)
    )
    return found.first() is not None


async def _until(
    connection: AsyncConnection, conversation_id: UUID, position: _Position, upto_seq: int
) -> list[_Message]:
    """Return the end of the episode up to a message, oldest first."""
    found = await connection.execute(
        select(_messages.seq, _messages.author, _messages.text, _messages.content)
        .where(
            _messages.conversation_id == conversation_id,
            _messages.seq > min(position.episode, position.answered),
            _messages.seq <= upto_seq,
            or_(
                _messages.seq > position.episode,
                and_(_messages.author == "customer", _messages.seq > position.answered),
            ),
            _seen,
        )
        .order_by(_messages.seq.desc())
        .limit(_WINDOW)
    )
    return [_Message(*row) for row in reversed(found.all())]


def _is_new(message: _Message, position: _Position) -> bool:
    return message.author == "customer" and message.seq > position.answered


def _line(message: _Message) -> Line:
    return Line(message.author, message.text, _attached(message.content))


def _attached(content: Mapping[str, Any] | None) -> bool:
    return any((content or {}).get(name) for name in ("media", "media_missing", "location"))
