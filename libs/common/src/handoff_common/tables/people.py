"""Operators and their sessions: written by the operator API, and by the command line for it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from handoff_common.tables.base import Published, Writer


class OperatorRow(Published, table=True):
    """Somebody who signs in."""

    table_name: ClassVar[str] = "operators"
    writer: ClassVar[Writer] = "operator_api"

    id: UUID = Field(primary_key=True)
    email: str = Field(unique=True, max_length=254)
    """Lower case."""
    name: str = Field(max_length=120)
    role: str = Field(max_length=16)
    """`admin`, `supervisor` or `operator`."""
    password_hash: str
    """argon2id."""
    disabled_at: datetime | None = None
    created_at: datetime


class SessionRow(Published, table=True):
    """A signed-in browser. Only the SHA-256 of its token is kept."""

    table_name: ClassVar[str] = "sessions"
    writer: ClassVar[Writer] = "operator_api"

    token_hash: str = Field(primary_key=True, max_length=64)
    operator_id: UUID = Field(foreign_key="operators.id", index=True)
    created_at: datetime
    seen_at: datetime
    """Idle sessions end after 30 minutes, all after 12 hours."""
