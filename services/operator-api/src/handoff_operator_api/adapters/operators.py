"""Operators and their sessions in the database: the two tables that this service writes.

Sessions live by the machine's clock: whoever moves the business forward stays signed in.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, insert, or_, select, update

from handoff_common.database import Database, table_of
from handoff_common.ids import OperatorId, fresh_id
from handoff_common.tables import OperatorRow, SessionRow
from handoff_operator_api.adapters.passwords import Passwords
from handoff_operator_api.domain.operator import (
    ABSOLUTE,
    IDLE,
    NOTICE,
    EmailTakenError,
    Operator,
    Remaining,
    Role,
    Session,
    canonical_email,
    check_new,
    remaining,
    token_hash,
)

_OPERATORS, _SESSIONS = table_of(OperatorRow).c, table_of(SessionRow).c
_TOKEN_BYTES = 32


class Operators:
    """Who may sign in, and who is signed in. Every method raises `AwayError`."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def create(
        self, *, email: str, name: str, role: Role, password: str, now: datetime
    ) -> OperatorId:
        """Store a new operator; raises `EmailTakenError`, or `ValueError` naming what is wrong."""
        email, name = canonical_email(email), name.strip()
        check_new(email=email, name=name, role=role, password=password)
        row: dict[str, Any] = {
            "id": fresh_id(),
            "email": email,
            "name": name,
            "role": role,
            "password_hash": await self._passwords.hash(password),
            "created_at": now,
        }
        async with self._database.write() as connection:
            statement = self._database.insert_new(OperatorRow).returning(_OPERATORS.id)
            created = await connection.scalar(statement, row)
        if created is None:
            raise EmailTakenError
        return OperatorId(row["id"])

    async def sign_in(self, email: str, password: str) -> tuple[str, Session] | None:
        """Return a new session and its token (256 bits), or None: no such operator or password."""
        statement = select(table_of(OperatorRow)).where(
            _OPERATORS.email == canonical_email(email), _OPERATORS.disabled_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        stored = None if row is None else str(row["password_hash"])
        right, renewed = await self._passwords.check(password, stored)
        if row is None or not right:
            return None
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        return token, await self._open(_operator(row), token, renewed)

    async def _open(self, operator: Operator, token: str, renewed: str | None) -> Session:
        async with self._database.write() as connection:
            now = await self._database.machine_now(connection)
            if renewed is not None:
                await connection.execute(
                    update(table_of(OperatorRow))
                    .where(_OPERATORS.id == operator.id)
                    .values(password_hash=renewed)
                )
            ended = or_(_SESSIONS.created_at < now - ABSOLUTE, _SESSIONS.seen_at < now - IDLE)
            await connection.execute(delete(table_of(SessionRow)).where(ended))
            await connection.execute(
                insert(table_of(SessionRow)).values(
                    token_hash=token_hash(token),
                    operator_id=operator.id,
                    created_at=now,
                    seen_at=now,
                )
            )
        return Session(operator, now + ABSOLUTE)

    async def session_of(self, token: str) -> Session | None:
        """Return the session that a token opens, if it lives; this request is a sign of life."""
        found, now = await self._found(token)
        if found is None or _remaining(found, now) is None:
            return None
        if now - found["seen_at"] >= NOTICE:
            await self._saw(token, now)
        return Session(_operator(found), found["opened_at"] + ABSOLUTE)

    async def remaining(self, token: str) -> Remaining | None:
        """Return how long the session of a token still lasts; no sign of life."""
        found, now = await self._found(token)
        return None if found is None else _remaining(found, now)

    async def _found(self, token: str) -> tuple[RowMapping | None, datetime]:
        statement = (
            select(
                table_of(OperatorRow), _SESSIONS.created_at.label("opened_at"), _SESSIONS.seen_at
            )
            .join_from(
                table_of(SessionRow),
                table_of(OperatorRow),
                _SESSIONS.operator_id == _OPERATORS.id,
            )
            .where(_SESSIONS.token_hash == token_hash(token), _OPERATORS.disabled_at.is_(None))
        )
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
            now = await self._database.machine_now(connection)
        return row, now

    async def _saw(self, token: str, now: datetime) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(table_of(SessionRow))
                .where(_SESSIONS.token_hash == token_hash(token), _SESSIONS.seen_at < now)
                .values(seen_at=now)
            )

    async def sign_out(self, token: str) -> None:
        """End the session of a token; an unknown token is no error."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(table_of(SessionRow)).where(_SESSIONS.token_hash == token_hash(token))
            )


def _remaining(row: RowMapping, now: datetime) -> Remaining | None:
    return remaining(created_at=row["opened_at"], seen_at=row["seen_at"], now=now)


def _operator(row: RowMapping) -> Operator:
    return Operator(UUID(str(row["id"])), row["email"], row["name"], row["role"])
