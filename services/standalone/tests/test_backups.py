"""Backups: complete, or not there at all."""

import json
import sqlite3
import threading
import zipfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from handoff_common import schema
from handoff_standalone.backups.contents import BackupError
from handoff_standalone.backups.snapshot import copied
from handoff_standalone.home import locked

from .homes import change, furnished, query
from .world import Terminal

MUCH = """
    INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    SELECT randomblob(4000) FROM n
"""


@pytest.fixture
def home(handoff: Terminal) -> Path:
    return furnished(handoff)


@contextmanager
def busy(path: Path) -> Generator[None]:
    """Write into two tables, in one transaction each time, as fast as it goes."""
    change(path, "PRAGMA journal_mode=WAL", "CREATE TABLE a (x)", "CREATE TABLE b (x)")
    change(path, MUCH)
    change(path, "INSERT INTO b SELECT x FROM a")
    done = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            while not done.is_set():
                connection.execute("INSERT INTO a VALUES (randomblob(400))")
                connection.execute("INSERT INTO b VALUES (randomblob(400))")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def test_a_copy_shows_one_moment_however_much_is_written_meanwhile(tmp_path: Path) -> None:
    source, target = tmp_path / "source.db", tmp_path / "copy.db"
    steps: list[int] = []
    with busy(source):
        copied(source, target, lambda done, _: steps.append(done))
        [(written,)] = query(source, "SELECT count(*) FROM a")
    [(first, second)] = query(target, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)")
    assert first == second
    assert isinstance(written, int)
    assert isinstance(first, int)
    assert 2000 <= first < written
    assert steps == sorted(steps)  # never begun again
    assert len(steps) > 3
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]


def test_what_is_no_database_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="can't be copied"):
        copied(tmp_path / "absent.db", tmp_path / "copy.db", lambda _done, _total: None)
    assert not (tmp_path / "absent.db").exists()


def test_a_backup_is_one_file_for_its_owner_with_a_manifest(home: Path, handoff: Terminal) -> None:
    with locked(home):  # as while the product runs
        said = handoff.done("backup", "b.zip", "--json")
    found = json.loads(said)
    path = handoff.folder / "b.zip"
    assert found["file"] == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert found["size"] == path.stat().st_size
    assert found["manifest"]["schema_revision"] == schema.HEAD
    names = [piece["name"] for piece in found["manifest"]["pieces"]]
    assert names == ["handoff.db", "simulator.db", "simulator.json"]
    with zipfile.ZipFile(path) as packed:
        assert packed.namelist() == [*names, "manifest.json"]


def test_without_a_name_a_backup_is_named_after_its_time(home: Path, handoff: Terminal) -> None:
    assert home.exists()
    said = handoff.done("backup")
    [path] = handoff.folder.glob("handoff-*.zip")
    assert said.startswith(f"{path.name}: ")


def test_progress_is_a_line_for_each_step_beside_the_output(home: Path, handoff: Terminal) -> None:
    assert home.exists()
    result = handoff.run("backup", "b.zip")
    assert result.stderr.splitlines() == [
        "Copying handoff.db",
        "Copying simulator.db",
        "Copying simulator.json",
        "Checking handoff.db",
        "Checking simulator.db",
        "Packing",
        "Reading it back",
    ]


def test_a_file_that_is_there_is_never_overwritten(home: Path, handoff: Terminal) -> None:
    assert home.exists()
    archive = handoff.folder / "b.zip"
    handoff.done("backup", "b.zip")
    before = archive.read_bytes()
    assert "is there already" in handoff.refused("backup", str(archive))
    assert archive.read_bytes() == before


def test_a_damaged_database_is_not_passed_off_as_a_backup(home: Path, handoff: Terminal) -> None:
    whole = (home / "handoff.db").read_bytes()
    (home / "handoff.db").write_bytes(whole[:8192] + b"\xff" * 40_000 + whole[48_192:])
    said = handoff.refused("backup", "b.zip")
    assert "handoff.db" in said
    assert not list(handoff.folder.glob("*b.zip*"))


@pytest.mark.parametrize("there", [True, False])
def test_without_a_database_there_is_nothing_to_save(handoff: Terminal, *, there: bool) -> None:
    if there:
        handoff.home.mkdir()
    assert "nothing to save" in handoff.refused("backup")


def test_a_folder_that_is_not_there_is_said_not_to_be(home: Path, handoff: Terminal) -> None:
    assert home.exists()
    assert "can't save" in handoff.refused("backup", "nowhere/b.zip")


@pytest.mark.parametrize(
    ("command", "tool"), [("backup", "pg_dump"), ("restore b.zip", "pg_restore")]
)
def test_postgresql_is_left_to_its_own_tools(command: str, tool: str, handoff: Terminal) -> None:
    url = "postgresql://handoff:s3cret@db/handoff"
    result = handoff.run(*command.split(), DATABASE_URL=url)
    assert result.exit_code == 2
    assert tool in result.stderr
    assert "s3cret" not in result.output
