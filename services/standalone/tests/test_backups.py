"""Backups: complete or not there, and put back without touching anything by mistake."""

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

from .world import Terminal

MUCH = """
    INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    SELECT randomblob(4000) FROM n
"""
ACCOUNT = '{"sid": "AC1", "auth_token": "t0ken"}'


@pytest.fixture
def home(handoff: Terminal) -> Path:
    """Provide a home with an operator, and with the simulator's two files."""
    handoff.done("db", "upgrade")
    handoff.done("user", "add", "ana@example.com")
    (handoff.home / "simulator.json").write_text(ACCOUNT)
    with closing(sqlite3.connect(handoff.home / "simulator.db")) as connection:
        connection.execute("CREATE TABLE messages (body)")
    return handoff.home


@pytest.fixture
def archive(home: Path, handoff: Terminal) -> Path:
    path = handoff.folder / "backup.zip"
    handoff.done("backup", str(path))
    assert home.exists()
    return path


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def rewritten(archive: Path, **members: bytes | None) -> None:
    """Replace members of an archive, or take them out."""
    with zipfile.ZipFile(archive) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    kept |= {name.replace("_", "."): body for name, body in members.items() if body is not None}
    with zipfile.ZipFile(archive, "w") as new:
        for name, body in kept.items():
            if members.get(name.replace(".", "_"), b"") is not None:
                new.writestr(name, body)


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


def test_a_file_that_is_there_is_never_overwritten(archive: Path, handoff: Terminal) -> None:
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


def test_a_backup_is_put_into_a_home_that_is_not_there_yet(
    archive: Path, handoff: Terminal
) -> None:
    other = handoff.folder / "other"
    found = json.loads(handoff.done("restore", str(archive), "--json", HANDOFF_HOME=str(other)))
    assert found["moved_aside"] is None
    assert query(other / "handoff.db", "SELECT email FROM operators") == [("ana@example.com",)]
    assert (other / "simulator.json").read_text() == ACCOUNT
    assert query(other / "simulator.db", "SELECT * FROM messages") == []
    [(taken, restored)] = query(other / "handoff.db", "SELECT taken_at, restored_at FROM restores")
    assert str(taken) < str(restored)
    assert sorted(path.name for path in other.iterdir()) == [
        "handoff.db",
        "lock",
        "simulator.db",
        "simulator.json",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in other.iterdir())


def test_a_home_with_something_in_it_is_moved_aside_only_by_force(
    archive: Path, home: Path, handoff: Terminal
) -> None:
    handoff.done("user", "add", "rui@example.com")
    assert "--force" in handoff.refused("restore", str(archive))
    assert len(query(home / "handoff.db", "SELECT * FROM operators")) == 2
    said = handoff.done("restore", str(archive), "--force")
    [aside] = home.glob("before-restore-*")
    assert str(aside) in said
    assert len(query(home / "handoff.db", "SELECT * FROM operators")) == 1
    assert len(query(aside / "handoff.db", "SELECT * FROM operators")) == 2
    assert (aside / "simulator.json").read_text() == ACCOUNT
    assert handoff.done("db", "upgrade")


def test_what_a_crash_left_in_the_log_is_moved_aside_with_its_database(
    archive: Path, home: Path, handoff: Terminal
) -> None:
    left = sqlite3.connect(home / "handoff.db")
    left.execute("DELETE FROM operators")
    left.commit()
    log = (home / "handoff.db-wal").read_bytes()
    assert log
    left.close()
    (home / "handoff.db-wal").write_bytes(log)
    handoff.done("restore", str(archive), "--force")
    [aside] = home.glob("before-restore-*")
    assert query(aside / "handoff.db", "SELECT * FROM operators") == []
    assert len(query(home / "handoff.db", "SELECT * FROM operators")) == 1


def test_a_home_at_work_is_left_alone(archive: Path, home: Path, handoff: Terminal) -> None:
    with locked(home):
        assert "another handoff process" in handoff.refused("restore", str(archive), "--force")
    assert not list(home.glob("before-restore-*"))


def test_a_backup_of_an_older_release_is_upgraded(home: Path, handoff: Terminal) -> None:
    older = "UPDATE alembic_version SET version_num = '0003'"
    change(home / "handoff.db", "DROP TABLE restores", older)
    found = json.loads(handoff.done("backup", "old.zip", "--json"))
    assert found["manifest"]["schema_revision"] == "0003"
    handoff.done("restore", "old.zip", "--force")
    assert query(home / "handoff.db", "SELECT version_num FROM alembic_version") == [(schema.HEAD,)]
    assert len(query(home / "handoff.db", "SELECT * FROM restores")) == 1


def test_a_backup_of_a_newer_release_is_refused(home: Path, handoff: Terminal) -> None:
    change(home / "handoff.db", "UPDATE alembic_version SET version_num = '9999'")
    handoff.done("backup", "new.zip")
    said = handoff.refused("restore", "new.zip", HANDOFF_HOME=str(handoff.folder / "other"))
    assert "9999" in said
    assert [path.name for path in (handoff.folder / "other").iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("cut", "damaged, or no backup"),
        ("byte", "damaged, or no backup"),
        ("text", "damaged, or no backup"),
        ("absent", "there is no"),
        ("manifest gone", "has no manifest"),
        ("manifest odd", "another kind of handoff"),
        ("manifest names another file", "another kind of handoff"),
        ("another database", "checksum"),
        ("longer", "checksum"),
        ("piece gone", "damaged, or no backup"),
    ],
)
def test_what_is_not_the_backup_that_was_made_is_not_put_back(
    damage: str, said: str, archive: Path, home: Path, handoff: Terminal
) -> None:
    whole = archive.read_bytes()
    with zipfile.ZipFile(archive) as packed:
        manifest, database = packed.read("manifest.json"), packed.read("handoff.db")
    match damage:
        case "cut":
            archive.write_bytes(whole[:-200])
        case "byte":
            archive.write_bytes(whole[:3000] + bytes([whole[3000] ^ 255]) + whole[3001:])
        case "text":
            archive.write_text("no archive at all")
        case "absent":
            archive.unlink()
        case "manifest gone":
            rewritten(archive, manifest_json=None)
        case "manifest odd":
            rewritten(archive, manifest_json=manifest.replace(b'"format": 1', b'"format": 2'))
        case "manifest names another file":
            rewritten(archive, manifest_json=manifest.replace(b"simulator.json", b"../../evil"))
        case "another database":
            rewritten(archive, handoff_db=database[:-1] + b"x")
        case "longer":
            rewritten(archive, handoff_db=database + b"x" * (3 << 20))
        case _:
            rewritten(archive, simulator_db=None)
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    assert said in handoff.refused("restore", str(archive), "--force")
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_a_manifest_that_lies_about_the_revision_is_found_out(
    archive: Path, home: Path, handoff: Terminal
) -> None:
    with zipfile.ZipFile(archive) as packed:
        manifest = packed.read("manifest.json")
    lie = manifest.replace(schema.HEAD.encode(), b"0001")
    rewritten(archive, manifest_json=lie)
    assert "not at the revision" in handoff.refused("restore", str(archive), "--force")
    assert not list(home.glob("*restor*"))


def test_a_time_to_mark_has_a_zone_and_is_past(handoff: Terminal) -> None:
    url = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    for moment in ("yesterday", "2026-05-01T03:00:00", "2999-01-01T00:00:00Z"):
        result = handoff.run("db", "restored", "--taken-at", moment, **url)
        assert result.exit_code == 2
    result = handoff.run("db", "restored", "--taken-at", "2026-05-01T03:00:00Z")
    assert (result.exit_code, "handoff restore" in result.stderr) == (2, True)
    assert "away" in handoff.refused("db", "restored", "--taken-at", "2026-05-01T03:00:00Z", **url)
