from typing import Any

import pytest
from sqlalchemy import Column, DateTime, Table
from sqlmodel.sql.sqltypes import UTCDateTime

from handoff_common.messaging.embedded import EMBEDDED_TABLES
from handoff_common.tables import METADATA
from handoff_common.tables.grants import TABLES

ALL = sorted(METADATA.tables)


@pytest.mark.parametrize("name", ALL)
def test_every_constraint_and_index_has_a_name(name: str) -> None:
    # Without one, a later revision could not change it on both databases.
    table = METADATA.tables[name]
    assert all(part.name for part in (*table.constraints, *table.indexes))


def columns() -> list[tuple[Table, Column[Any]]]:
    return [(table, column) for table in METADATA.sorted_tables for column in table.columns]


def test_every_moment_knows_its_time_zone() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table, column in columns()
        if isinstance(column.type, DateTime) and not isinstance(column.type, UTCDateTime)
    ]
    assert naive == []


def test_names_fit_into_postgresql() -> None:
    names = [
        str(part.name)
        for table in METADATA.sorted_tables
        for part in (*table.constraints, *table.indexes)
    ]
    assert [name for name in names if len(name) > 63] == []


def test_a_table_is_published_or_the_embedded_brokers() -> None:
    published = {row.table_name for row in TABLES}
    embedded = {table.name for table in EMBEDDED_TABLES}
    assert published | embedded == set(ALL)
    assert published & embedded == set()
