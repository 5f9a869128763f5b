"""Reading the human episodes of a conversation."""

from uuid import UUID

from sqlalchemy import RowMapping, select

from handoff_common.database import Database, table_of
from handoff_common.events import Brief
from handoff_common.tables import ConversationRow, HandoffRow, OperatorRow
from handoff_operator_api.domain.inbox import Episode

_C, _H, _OPERATORS = (table_of(row).c for row in (ConversationRow, HandoffRow, OperatorRow))


class Episodes:
    """Handoffs with their briefs. Every method raises `AwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation: UUID, *, limit: int) -> list[Episode] | None:
        """Return the last handoffs in the order they were opened; None: no such conversation."""
        statement = (
            select(table_of(HandoffRow), _OPERATORS.name.label("operator_name"))
            .join_from(
                table_of(HandoffRow),
                table_of(OperatorRow),
                _OPERATORS.id == _H.operator_id,
                isouter=True,
            )
            .where(_H.conversation_id == conversation)
            .order_by(_H.opened_at.desc(), _H.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            if not rows:
                known = select(_C.id).where(_C.id == conversation)
                if await connection.scalar(known) is None:
                    return None
        return [_episode(row) for row in reversed(rows)]


def _episode(row: RowMapping) -> Episode:
    return Episode(
        id=row["id"],
        reason=row["reason"],
        opened_at=row["opened_at"],
        opened_seq=row["opened_seq"],
        claimed_at=row["claimed_at"],
        granted_at=row["granted_at"],
        operator_id=row["operator_id"],
        operator_name=row["operator_name"],
        closed_at=row["closed_at"],
        outcome=row["outcome"],
        note=row["note"],
        brief=None if row["brief"] is None else Brief.model_validate(row["brief"]),
    )
