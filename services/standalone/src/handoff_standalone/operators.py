"""Whether anybody works here yet."""

from sqlalchemy import func, select

from handoff_common.database import Database, table_of
from handoff_common.tables import OperatorRow


async def anybody(database: Database) -> bool:
    """Tell whether there is an operator."""
    async with database.read() as connection:
        count = await connection.scalar(select(func.count()).select_from(table_of(OperatorRow)))
    return bool(count)
