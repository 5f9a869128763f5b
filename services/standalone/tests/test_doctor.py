"""`handoff doctor`: what it finds, what it advises, and what it leaves alone."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest

from handoff_common import schema
from handoff_common.testing.postgres import Postgres
from handoff_standalone.doctor.checking import Check, Checked, Finding, examined, ok
from handoff_standalone.home import locked

from .test_commands import buried
from .world import Terminal

SID = "AC" + "0123456789abcdef" * 2


def looked(handoff: Terminal, *, code: int = 0, **given: str) -> dict[str, dict[str, str]]:
    result = handoff.run("doctor", "--json", **given)
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert found["status"] == ("failed" if code else "ok")
    return {check["name"]: check for check in cast("list[dict[str, str]]", found["checks"])}


def statuses(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: check["status"] for name, check in found.items()}


async def results(*checks: Check) -> list[Checked]:
    return [each async for each in examined(checks)]


async def test_checks_run_at_once_and_are_told_in_order() -> None:
    both = asyncio.Barrier(2)

    async def meet() -> Finding:
        await both.wait()
        return ok("met")

    found = await results(Check("one", meet, seconds=5), Check("two", meet, seconds=5))
    assert [(each.name, each.status) for each in found] == [("one", "ok"), ("two", "ok")]


async def test_a_check_that_hangs_or_breaks_hides_no_other_and_tells_no_secret() -> None:
    async def hang() -> Finding:
        await asyncio.Event().wait()
        return ok("never")

    async def crash() -> Finding:
        raise ValueError("s3cret")

    async def fine() -> Finding:
        return ok("fine")

    found = await results(Check("a", hang, seconds=0.01), Check("b", crash), Check("c", fine))
    assert [each.status for each in found] == ["failed", "failed", "ok"]
    assert "0.01 s" in found[0].says
    assert "s3cret" not in str(found)


def test_before_the_first_start_nothing_has_failed_and_nothing_is_made(handoff: Terminal) -> None:
    found = looked(handoff)
    assert not handoff.home.exists()
    assert {
        "home": "not applicable",
        "process": "warning",
        "database": "not applicable",
        "twilio": "not applicable",
        "webhook": "not applicable",
        "knowledge": "warning",
        "gemini": "not applicable",
    }.items() <= statuses(found).items()
    assert found["process"]["advice"] == "Start it: handoff run"


def test_a_home_in_order_is_found_so(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    before = sorted(path.name for path in handoff.home.iterdir())
    found = looked(handoff)
    for name in ("settings", "home", "database", "integrity", "queues"):
        assert found[name]["status"] == "ok", found[name]
    assert sorted(path.name for path in handoff.home.iterdir()) == before
    table = handoff.done("doctor")
    assert "ok              integrity   SQLite finds the file whole" in table
    assert "-> Start it: handoff run" in table


def test_a_process_that_does_not_answer_is_found(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    with locked(handoff.home):
        found = looked(handoff, code=1)
    assert "does not answer" in found["process"]["says"]
    with locked(handoff.home):
        pass  # looking has not kept the lock


def test_dead_letters_are_counted(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    buried(handoff.home)
    found = looked(handoff)
    assert found["queues"]["says"] == "dead letters: 1 of router.events"
    assert "handoff dlq list" in found["queues"]["advice"]


def test_what_waits_because_twilio_refuses_us_is_found(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    assert looked(handoff)["sending"]["status"] == "ok"
    then = "2026-03-01"
    sends = [(1, then, 20003), (2, None, 21606)]  # one waits, one was refused in the end
    with closing(sqlite3.connect(handoff.home / "handoff.db")) as connection:
        connection.executemany(
            "INSERT INTO sends (message_id, next_at, code, attempt, conversation_id, epoch,"
            " automatic, customer, business, text, trace, state, claim, claims, claimed_at, checks,"
            " unpublished, created_at, updated_at)"
            " VALUES (?, ?, ?, 1, 1, 1, 0, '', '', '', '', '', 1, 1, ?, 0, 0, ?, ?)",
            [(*send, then, then, then) for send in sends],
        )
        connection.commit()
    found = looked(handoff, code=1)["sending"]
    assert found["status"] == "failed"
    assert "1 for error 20003" in found["says"]
    assert "21606" not in found["says"]
    assert found["advice"].startswith("Set right what https://www.twilio.com/docs/api/errors/20003")


@pytest.mark.parametrize(
    ("damage", "check", "advice"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "database", "handoff db upgrade"),
        ("DELETE FROM alembic_version", "database", "handoff db upgrade"),
        ("", "integrity", "handoff restore"),
        ("text", "database", "Is it the right one?"),
    ],
)
def test_a_database_that_is_not_as_it_should_be_is_found(
    damage: str, check: str, advice: str, handoff: Terminal
) -> None:
    handoff.done("db", "upgrade")
    path = handoff.home / "handoff.db"
    if damage == "text":
        path.write_text("not a database, but long enough to be looked at")
    elif damage:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(damage)
            connection.commit()
    else:
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + b"\xff" * 40_000 + whole[48_192:])
    found = looked(handoff, code=1)
    assert found[check]["status"] == "failed"
    assert advice in found[check]["advice"]


def test_a_home_that_others_may_read_is_a_warning(handoff: Terminal) -> None:
    handoff.home.mkdir(mode=0o755)
    found = looked(handoff)
    assert found["home"]["advice"] == f"chmod 700 {handoff.home}"


def test_wrong_settings_are_said_and_what_needs_them_is_left(handoff: Terminal) -> None:
    found = looked(handoff, code=1, PORT="s3cret", TWILIO_SID=SID, TWILIO_ACCOUNT_SID="AC")
    assert found["settings"]["status"] == "failed"
    assert found["twilio"]["says"] == "the settings come first"
    assert "s3cret" not in str(found)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (None, "failed", "can't be read"),
        ('{"business": "Ana"}', "failed", "no knowledge"),
        ('{"business": "Ana", "entries": []}', "ok", "answers for Ana"),
    ],
)
def test_a_knowledge_base_is_read(
    text: str | None, status: str, said: str, handoff: Terminal
) -> None:
    book = handoff.folder / "book.json"
    if text is not None:
        book.write_text(text)
    code = 1 if status == "failed" else 0
    found = looked(handoff, code=code, HANDOFF_KNOWLEDGE=str(book))["knowledge"]
    assert (found["status"], said in found["says"]) == (status, True)


@pytest.mark.parametrize(("built", "status"), [(True, "ok"), (False, "warning")])
def test_a_console_is_built_or_not(built: bool, status: str, handoff: Terminal) -> None:  # noqa: FBT001  # a parameter of pytest's
    folder: Path = handoff.folder / "console"
    folder.mkdir()
    if built:
        (folder / "index.html").write_text("<!doctype html>")
    found = looked(handoff, HANDOFF_CONSOLE=str(folder))
    assert found["console"]["status"] == status


@pytest.mark.integration
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_not_every_text_fits_into_is_refused(
    encoding: str, handoff: Terminal, postgres: Postgres
) -> None:
    name, encoded = f"encoded_{uuid4().hex[:6]}", f"ENCODING '{encoding}' LOCALE 'C'"
    url = await postgres.create_database(name, encoded=f"{encoded} TEMPLATE template0")
    said = await asyncio.to_thread(handoff.refused, "db", "upgrade", DATABASE_URL=url)
    assert f"the database's encoding is {encoding}" in said
    assert schema.ENCODED in said  # that it works: every other test's database is made so
    found = (await asyncio.to_thread(looked, handoff, code=1, DATABASE_URL=url))["database"]
    assert f"has the encoding {encoding}" in found["says"]
    assert schema.ENCODED in found["advice"]
    await postgres.drop_database(name)


def test_servers_that_are_away_are_named_without_their_passwords(handoff: Terminal) -> None:
    away = {
        "DATABASE_URL": "postgresql://handoff:s3cret@127.0.0.1:1/handoff",
        "AMQP_URL": "amqp://handoff:s3cret@127.0.0.1:1/",
        "REDIS_URL": "redis://:s3cret@127.0.0.1:1/0",
    }
    found = looked(handoff, code=1, **away)
    assert {
        "database": "failed",
        "queues": "failed",
        "redis": "warning",
        "home": "not applicable",
        "integrity": "not applicable",
        "process": "not applicable",
    }.items() <= statuses(found).items()
    assert "s3cret" not in str(found)
    found = looked(handoff, code=1, DATABASE_URL=away["DATABASE_URL"])
    assert "AMQP_URL is not" in found["queues"]["says"]
