"""What the published tables have in common.

Every table has exactly one writer, named in its class; the others only read, and on PostgreSQL the
roles enforce it (`grants`). Queries are written with SQLAlchemy Core: no ORM session anywhere.
"""

from typing import Any, ClassVar, Literal, TypeAlias

from sqlalchemy import MetaData
from sqlmodel import SQLModel

Writer: TypeAlias = Literal["router", "outbound", "operator_api", "bot", "embedded"]

# Alembic needs names for constraints that it may have to change on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata
_TABLE_NAME = "__tablename__"


class Published(SQLModel):
    """A table with one writer."""

    table_name: ClassVar[str]
    writer: ClassVar[Writer]

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # pydantic's own
        super().__init_subclass__(**kwargs)
        # By name: SQLModel declares this attribute twice, with types that nothing can satisfy.
        setattr(cls, _TABLE_NAME, cls.table_name)
