from collections.abc import AsyncGenerator
from itertools import product
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from handoff_common import roles, schema
from handoff_common.database import Database
from handoff_common.tables import METADATA, ConversationRow, Published
from handoff_common.tables.grants import (
    LOCKS,
    PRIVILEGES,
    READS,
    SERVICES,
    TABLES,
    Privilege,
    Service,
    privileges,
)
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres

STATEMENTS: dict[Privilege, str] = {
    "SELECT": "SELECT * FROM {table} WHERE false",
    "INSERT": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
}
"""Privileges are checked before any row is looked at, so none is needed."""
_INSUFFICIENT_PRIVILEGE = "42501"


class Desks:
    """The database as each service sees it: through a login of its own."""

    def __init__(self, owner: Database, services: dict[Service, Database]) -> None:
        self.owner = owner
        self.services = services

    async def may(self, service: Service, statement: str) -> bool:
        database = self.services[service]
        try:
            async with database.write() as connection:
                await connection.execute(text(statement))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != _INSUFFICIENT_PRIVILEGE:
                raise
            return False
        return True


@pytest.fixture
async def desks(postgres: Postgres) -> AsyncGenerator[Desks]:
    run = uuid4().hex[:6]
    name = f"grants_{run}"
    url = await migrated_database(postgres, name)
    services: dict[Service, Database] = {}
    logins: list[str] = []
    for service in SERVICES:
        login = f"handoff_test_{run}_{service}"
        await roles.create_login(url, service, login, "p'wd %")
        logins.append(login)
        own = make_url(url).set(username=login, password="p'wd %")
        services[service] = Database(own.render_as_string(hide_password=False))
    found = Desks(Database(url), services)
    yield found
    for database in services.values():
        await database.close()
    async with found.owner.write() as connection:
        for login in logins:
            await connection.execute(text(f"DROP ROLE {login}"))
    await found.owner.close()
    await postgres.drop_database(name)


def test_every_published_table_has_one_writer_that_is_a_service() -> None:
    assert {row.table_name for row in TABLES} == {
        name for name in METADATA.tables if not name.startswith("embedded_")
    }
    assert {row.writer for row in TABLES} == set(SERVICES)


def test_nobody_is_granted_to_read_what_is_their_own_anyway() -> None:
    assert [(service, row) for service in SERVICES for row in READS[service]
            if row.writer == service] == []  # fmt: skip


def test_only_the_writer_may_write() -> None:
    for service, row in product(SERVICES, TABLES):
        expected: set[str] = set(PRIVILEGES) if row.writer == service else {"SELECT"}
        assert privileges(service, row) <= expected


@pytest.mark.integration
async def test_each_service_may_do_what_is_declared_and_nothing_else(desks: Desks) -> None:
    declared: dict[tuple[Service, str], frozenset[Privilege]] = {}
    possible: dict[tuple[Service, str], frozenset[Privilege]] = {}
    for service, row in product(SERVICES, TABLES):
        declared[service, row.table_name] = privileges(service, row)
        possible[service, row.table_name] = frozenset(
            [kind for kind in PRIVILEGES if await desks.may(service, statement(kind, row))]
        )
    assert possible == declared


def statement(kind: Privilege, row: type[Published], column: str = "") -> str:
    """Return a statement that needs this privilege; without a column, the first is updated."""
    first = METADATA.tables[row.table_name].columns.keys()[0]
    return STATEMENTS[kind].format(table=row.table_name, column=column or first)


@pytest.mark.integration
async def test_a_write_by_the_wrong_service_is_refused(desks: Desks) -> None:
    for service in SERVICES:
        assert not await desks.may(service, "UPDATE alembic_version SET version_num = '9999'")
        assert not await desks.may(service, "CREATE TABLE mine (id integer)")
        assert not await desks.may(service, "TRUNCATE conversations")
    assert not await desks.may("outbound", "UPDATE messages SET status = 'accepted'")
    assert not await desks.may("operator_api", "INSERT INTO conversations SELECT FROM handoffs")
    assert not await desks.may("router", "UPDATE sends SET state = 'accepted'")


@pytest.mark.integration
async def test_outbound_may_lock_a_conversation_and_change_nothing_else_there(
    desks: Desks,
) -> None:
    columns = [column.name for column in METADATA.tables["conversations"].columns]
    writable = [
        name
        for name in columns
        if await desks.may("outbound", statement("UPDATE", ConversationRow, name))
    ]
    assert writable == [LOCKS["outbound"][ConversationRow]] == ["fence_lock"]
    assert await desks.may("outbound", "SELECT id, epoch, window_id FROM conversations FOR UPDATE")
    assert not await desks.may("outbound", "DELETE FROM conversations")
    for service in cast("list[Service]", ["bot", "operator_api"]):
        assert not await desks.may(service, "SELECT id FROM conversations FOR UPDATE")


@pytest.mark.integration
async def test_every_service_can_check_the_revision_at_start(desks: Desks) -> None:
    for database in desks.services.values():
        await schema.check(database)


@pytest.mark.integration
async def test_a_grant_that_is_not_declared_is_taken_back_by_the_next_upgrade(
    desks: Desks,
) -> None:
    async with desks.owner.write() as connection:
        await connection.execute(text("GRANT DELETE ON messages TO handoff_bot"))
    assert await desks.may("bot", "DELETE FROM messages")
    async with desks.owner.write() as connection:
        await roles.apply(connection)
    assert not await desks.may("bot", "DELETE FROM messages")


@pytest.mark.integration
async def test_creating_a_login_again_changes_its_password_and_no_error_quotes_one(
    postgres: Postgres,
) -> None:
    name = f"logins_{uuid4().hex[:6]}"
    url = await migrated_database(postgres, name)
    login = f"handoff_test_{name}"
    await roles.create_login(url, "bot", login, "first")
    await roles.create_login(url, "bot", login, "second")
    database = Database(url)
    async with database.write() as connection:
        stored = await connection.scalar(
            text("SELECT count(*) FROM pg_auth_members WHERE member = to_regrole(:login)"),
            {"login": login},
        )
        await connection.execute(text(f"DROP ROLE {login}"))
    assert stored == 1
    with pytest.raises(DBAPIError) as caught:
        await roles.create_login(url, cast("Service", "nobody"), login, "segredo")
    assert "segredo" not in str(caught.value)
    await database.close()
    await postgres.drop_database(name)
