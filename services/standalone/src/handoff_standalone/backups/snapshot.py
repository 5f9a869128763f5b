"""A copy of an SQLite file at one moment, while somebody else works on it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from handoff_standalone.backups.contents import BackupError

_PAGES = 256
"""Copied between two looks at the progress: 1 MiB."""
_BUSY_SECONDS = 30


def copied(source: Path, target: Path, advance: Callable[[int, int], None]) -> None:
    """Copy the file as it is now, by SQLite's own online backup. Raises `BackupError`.

    One reading transaction spans the copy: writers go on, and do not make it begin again, as they
    would between two steps without it.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{_quoted(source)}?mode=rw", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.isolation_level = None
            reading.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reading.backup(
                writing,
                pages=_PAGES,
                progress=lambda _, remaining, total: advance(total - remaining, total),
            )
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, with everything in it
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied: {error}") from error


def check(path: Path) -> None:
    """Raise `BackupError` unless SQLite finds the file whole."""
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as reading:
            found = [str(row[0]) for row in reading.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        raise BackupError(f"{path.name} can't be read: {error}") from error
    if found != ["ok"]:
        raise BackupError(f"{path.name} is damaged: {'; '.join(found)}")


def revision_of(path: Path) -> str:
    """Return the schema revision of our database. Raises `BackupError`."""
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as reading:
            row = reading.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{path.name} is no database of handoff: {error}") from error
    if row is None:
        raise BackupError(f"{path.name} is empty")
    return str(row[0])


def settled(path: Path) -> None:
    """Bring what a crash left in the write-ahead log into the file, if that still works."""
    try:
        with closing(sqlite3.connect(path)) as writing:
            writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return  # damaged: it is moved aside as it is, log and all


def _quoted(path: Path) -> str:
    return path.resolve().as_uri().removeprefix("file://")
