"""PostgreSQL for tests: a database each."""

from typing import ClassVar

from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from handoff_common.schema import ENCODED
from handoff_common.testing.instance import Instance, Kind
from handoff_common.testing.server import BaseServer


class Postgres(BaseServer):
    kind: ClassVar[Kind] = Kind.POSTGRES
    away: ClassVar[tuple[type[Exception], ...]] = (DBAPIError,)

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self._databases: set[str] = set()

    async def create_database(
        self, name: str, *, template: str | None = None, encoded: str = ENCODED
    ) -> str:
        """Create an empty database, or a copy of one that was created here; return its URL.

        A copy takes tens of milliseconds; nobody may be connected to the template. In the server
        the name has a prefix of its own per run.
        """
        full = self._prefix + name
        source = f'TEMPLATE "{self._prefix}{template}"' if template else encoded
        await self._execute(f'CREATE DATABASE "{full}" {source}')
        self._databases.add(full)
        url = make_url(self.url).set(database=full)
        return url.render_as_string(hide_password=False)

    async def drop_database(self, name: str) -> None:
        """Drop a database that was created here, whoever is connected to it."""
        await self._drop(self._prefix + name)

    async def _greet(self) -> str:
        return (await self._execute("SHOW server_version")).split()[0]

    async def _clean(self) -> None:
        for full in tuple(self._databases):
            await self._drop(full)

    async def _drop(self, full: str) -> None:
        await self._execute(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)')
        self._databases.discard(full)

    async def _execute(self, statement: str) -> str:
        """Run one statement outside of a transaction; return its first value, if it has one."""
        url = make_url(self.url.replace("postgres://", "postgresql://", 1))
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        try:
            async with engine.connect() as connection:
                result = await connection.execute(text(statement))
                return str(result.scalar()) if result.returns_rows else ""
        finally:
            await engine.dispose()
