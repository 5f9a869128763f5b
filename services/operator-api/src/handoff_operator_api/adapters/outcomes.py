"""Reading what became of commands: the router writes them, under the ids made here."""

from uuid import UUID

from sqlalchemy import RowMapping, select

from handoff_common.database import Database, table_of
from handoff_common.events import CommandAnswered
from handoff_common.ids import CommandId, OperatorId
from handoff_common.tables import CommandRow, ConversationRow, OperatorRow
from handoff_operator_api.domain.command import Decision, Outcome, Precedent
from handoff_operator_api.domain.inbox import Owner

_COMMANDS, _OPERATORS = table_of(CommandRow).c, table_of(OperatorRow).c
_C = table_of(ConversationRow).c


class Outcomes:
    """What became of commands. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def precedent(self, command: CommandId, conversation: UUID) -> Precedent:
        """Return what has to be known before a command is sent."""
        known = select(_C.id).where(_C.id == conversation)
        stored = select(table_of(CommandRow)).where(_COMMANDS.id == command)
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            is_known = await connection.scalar(known) is not None
            row = (await connection.execute(stored)).mappings().first()
        if row is None:
            return Precedent(now, is_known)
        return Precedent(now, is_known, await self._outcome(row), row["digest"])

    async def outcome(self, command: UUID, operator: OperatorId) -> Outcome | None:
        """Return the outcome of an operator's own command, once the router has decided."""
        stored = select(table_of(CommandRow)).where(
            _COMMANDS.id == command, _COMMANDS.operator_id == operator
        )
        async with self._database.read() as connection:
            row = (await connection.execute(stored)).mappings().first()
        return None if row is None else await self._outcome(row)

    async def decision(self, answer: CommandAnswered) -> Decision:
        """Return the router's answer with the name of who has the conversation."""
        return Decision(
            command_id=answer.command_id,
            status="accepted" if answer.accepted else "refused",
            reason=answer.reason,
            owner=await self._owner(answer),
            epoch=answer.epoch,
            version=answer.version,
            message_id=answer.message_id,
        )

    async def _outcome(self, row: RowMapping) -> Outcome:
        answer = CommandAnswered.model_validate(row["answer"])
        decision = await self.decision(answer)
        return Outcome(
            command_id=decision.command_id,
            status=decision.status,
            reason=decision.reason,
            owner=decision.owner,
            epoch=decision.epoch,
            version=decision.version,
            message_id=decision.message_id,
            kind=row["kind"],
            conversation_id=row["conversation_id"],
            decided_at=row["decided_at"],
            text="" if answer.accepted else row["text"],
        )

    async def _owner(self, answer: CommandAnswered) -> Owner | None:
        if answer.owner is None:
            return None
        if answer.owner_id is None:
            return Owner(answer.owner, None, None)
        name = select(_OPERATORS.name).where(_OPERATORS.id == answer.owner_id)
        async with self._database.read() as connection:
            return Owner(answer.owner, answer.owner_id, await connection.scalar(name))
