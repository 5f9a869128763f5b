"""A backup put back: all of it, and nothing touched by mistake."""

import asyncio
import json
import sqlite3
import zipfile
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.tables import RestoreRow
from handoff_common.testing.databases import migrated_database
from handoff_common.testing.postgres import Postgres
from handoff_standalone.home import locked

from .homes import ACCOUNT, change, furnished, query
from .world import Terminal


@pytest.fixture
def home(handoff: Terminal) -> Path:
    return furnished(handoff)


@pytest.fixture
def archive(home: Path, handoff: Terminal) -> Path:
    path = handoff.folder / "backup.zip"
    handoff.done("backup", str(path))
    assert home.exists()
    return path


def rewritten(archive: Path, **members: bytes | None) -> None:
    """Replace members of an archive, or take them out."""
    with zipfile.ZipFile(archive) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    kept |= {name.replace("_", "."): body for name, body in members.items() if body is not None}
    with zipfile.ZipFile(archive, "w") as new:
        for name, body in kept.items():
            if members.get(name.replace(".", "_"), b"") is not None:
                new.writestr(name, body)


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
    newer = (
        "DROP TABLE restores",
        "DROP INDEX ix_handoffs_closed",
        "ALTER TABLE messages DROP COLUMN answers_after",
        "ALTER TABLE conversations DROP COLUMN overdue_at",
    )
    change(home / "handoff.db", *newer, older)
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


@pytest.mark.integration
async def test_postgresql_is_marked_as_put_back(handoff: Terminal, postgres: Postgres) -> None:
    name = f"restored_{uuid4().hex[:6]}"
    url = await migrated_database(postgres, name)
    moment = "2026-05-01T03:00:00-03:00"
    result = await asyncio.to_thread(
        handoff.run, "db", "restored", "--taken-at", moment, "--json", DATABASE_URL=url
    )
    assert result.exit_code == 0, result.output
    database = Database(url)
    async with database.read() as connection:
        [row] = (await connection.execute(select(RestoreRow))).all()
    await database.close()
    assert row.taken_at == datetime.fromisoformat(moment)
    assert row.restored_at.isoformat() == json.loads(result.stdout)["restored_at"]
    await postgres.drop_database(name)
