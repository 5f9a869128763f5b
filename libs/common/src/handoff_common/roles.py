"""PostgreSQL roles: one group per service, which holds the grants; logins are members of one."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_common.database import Database
from handoff_common.tables.grants import (
    LOCKS,
    PRIVILEGES,
    SERVICES,
    TABLES,
    Service,
    privileges,
    role_of,
)

# Roles belong to the whole server: another database of ours may be creating the same ones now.
_CREATE_GROUP = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

# The password comes as a parameter: in the statement, an error would quote it.
_REMEMBER = text(
    "SELECT set_config('handoff.login', :user, true), set_config('handoff.group', :role, true),"
    " set_config('handoff.password', :password, true)"
)
_CREATE_LOGIN = text("""
DO $$
DECLARE login text := current_setting('handoff.login');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    EXECUTE format('CREATE ROLE %I', login);
  END IF;
  EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login, current_setting('handoff.password'));
  EXECUTE format('GRANT %I TO %I', current_setting('handoff.group'), login);
END $$
""")


async def apply(connection: AsyncConnection) -> None:
    """Create the groups that are missing, and give each exactly what is declared in `grants`."""
    for statement in statements():
        await connection.execute(text(statement))


def statements() -> list[str]:
    """Return the SQL that takes all back and grants what is declared; for one transaction."""
    found = ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]
    for service in SERVICES:
        role = role_of(service)
        found += [
            _CREATE_GROUP.format(role=role),
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT SELECT ON alembic_version TO {role}",
        ]
        for table in TABLES:
            granted = privileges(service, table)
            if granted:
                listed = ", ".join(name for name in PRIVILEGES if name in granted)
                found.append(f"GRANT {listed} ON {table.table_name} TO {role}")
        for table, column in LOCKS.get(service, {}).items():
            found.append(f"GRANT UPDATE ({column}) ON {table.table_name} TO {role}")
    return found


async def create_login(
    database_url_admin: str, role_group: Service, user: str, password: str
) -> None:
    """Create a user that may do what the service does, or give an existing one this password.

    The database must have been upgraded (`schema.upgrade`), and the URL's user may create roles.
    """
    database = Database(database_url_admin)
    try:
        async with database.write() as connection:
            await connection.execute(
                _REMEMBER, {"user": user, "password": password, "role": role_of(role_group)}
            )
            await connection.execute(_CREATE_LOGIN)
    finally:
        await database.close()
