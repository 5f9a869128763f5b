"""Write a new revision of the database: what the tables in the code have and the last one lacks.

    .venv/bin/python tools/revision.py "what it adds"

Works on a fresh SQLite database, so no server is needed. Read what it wrote, and raise `HEAD`.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy.engine import Connection

from handoff_common import migrating, schema
from handoff_common.database import Database


async def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'fresh.db'}"
        await schema.upgrade(url)
        database = Database(url)

        def write(connection: Connection) -> None:
            number = f"{int(schema.HEAD) + 1:04d}"
            configuration = migrating.configuration(connection)
            command.revision(configuration, message, autogenerate=True, rev_id=number)

        async with database.read() as connection:
            await connection.run_sync(write)
        await database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1]))
