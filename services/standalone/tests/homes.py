"""Homes with something in them, and looks into their files."""

import sqlite3
from contextlib import closing
from pathlib import Path

from .world import Terminal

ACCOUNT = '{"sid": "AC1", "auth_token": "t0ken"}'


def furnished(handoff: Terminal) -> Path:
    """Return a home with an operator, and with the simulator's two files."""
    handoff.done("db", "upgrade")
    handoff.done("user", "add", "ana@example.com")
    (handoff.home / "simulator.json").write_text(ACCOUNT)
    with closing(sqlite3.connect(handoff.home / "simulator.db")) as connection:
        connection.execute("CREATE TABLE messages (body)")
    return handoff.home


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
