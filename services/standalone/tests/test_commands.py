"""The commands, as one types them."""

import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, cast
from uuid import UUID

import pytest
from typer.main import get_command

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.events import CustomerWrote
from handoff_common.ids import inbound_id
from handoff_common.messaging.embedded import EmbeddedBroker
from handoff_common.messaging.topology import QUEUES, ROUTER_EVENTS
from handoff_standalone.commands import app
from handoff_standalone.home import locked
from handoff_standalone.letters import Letter, as_table

from .world import Terminal

SID = "SM" + "0" * 32


class Group(Protocol):
    """A command with commands of its own."""

    @property
    def commands(self) -> dict[str, "Group"]: ...


def wrote() -> CustomerWrote:
    now = datetime.now(UTC)
    return CustomerWrote(
        id=inbound_id(SID),
        time=now,
        message_sid=SID,
        customer="whatsapp:+5511999990001",
        business="whatsapp:+551130000000",
        text="a text of a customer",
        received_at=now,
    )


def buried(home: Path) -> UUID:
    """Leave a dead letter behind; return its event's id."""

    async def bury() -> None:
        database = Database(f"sqlite:///{home}/handoff.db")
        broker = EmbeddedBroker(database)
        await broker.publish([wrote()])
        async with broker.subscribe(ROUTER_EVENTS, prefetch=1) as subscription:
            delivery = await subscription.next()
            assert delivery is not None
            await subscription.bury(delivery, "it was the test")
            await subscription.ack(delivery.tag)
            await subscription.stop()
        await broker.close()
        await database.close()

    asyncio.run(bury())
    return wrote().id


def commands() -> list[tuple[str, ...]]:
    """Return every command that there is."""
    whole = cast("Group", get_command(app))
    found = [(name,) for name, each in whole.commands.items() if not hasattr(each, "commands")]
    groups = {name: each for name, each in whole.commands.items() if hasattr(each, "commands")}
    return [*found, *((name, each) for name, group in groups.items() for each in group.commands)]


def test_the_commands_are_those_that_were_promised() -> None:
    assert {" ".join(command) for command in commands()} == {
        "run",
        "doctor",
        "backup",
        "restore",
        "db upgrade",
        "db logins",
        "db restored",
        "user add",
        "twilio configure",
        "dlq list",
        "dlq replay",
        "broker declare",
    }


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_shows_an_example_and_json_where_there_is_something_to_report(
    command: tuple[str, ...], handoff: Terminal
) -> None:
    said = handoff.done(*command, "--help")
    assert f"handoff {' '.join(command)}" in said.split("Example")[1]
    assert ("--json" in said) == (command not in (("run",), ("broker", "declare")))


def test_the_release_is_said(handoff: Terminal) -> None:
    assert handoff.done("--version") == f"handoff {version('handoff-standalone')}\n"


@pytest.mark.parametrize(
    "wrong", ["nothing", "restore", "user add", "backup a b", "dlq list nowhere"]
)
def test_what_is_asked_for_wrongly_ends_with_2(wrong: str, handoff: Terminal) -> None:
    result = handoff.run(*wrong.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage" in result.stderr


def test_help_does_not_wait_for_what_only_some_commands_need() -> None:
    heavy = {"aiohttp", "alembic", "fastapi", "sqlalchemy", "twilio", "uvicorn"}
    code = "import sys, handoff_standalone.commands; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603  # ourselves
    assert not heavy & set(loaded.stdout.decode().split())


def test_a_database_is_made_and_left_as_it_is_the_second_time(handoff: Terminal) -> None:
    said = handoff.done("db", "upgrade")
    assert said == f"{handoff.home}/handoff.db is at revision {schema.HEAD}.\n"
    found = json.loads(handoff.done("db", "upgrade", "--json"))
    assert found == {"database": f"{handoff.home}/handoff.db", "revision": schema.HEAD}
    assert handoff.run("db", "upgrade").stderr == "Upgrading the database\n"
    assert (handoff.home / "handoff.db").stat().st_mode & 0o077 == 0
    handoff.done("user", "add", "ana@example.com")
    assert handoff.done("db", "upgrade") == said
    assert "already" in handoff.refused("user", "add", "ana@example.com")


def test_a_database_at_work_is_not_upgraded(handoff: Terminal) -> None:
    with locked(handoff.home):
        assert "another handoff process" in handoff.refused("db", "upgrade")


def test_a_database_of_a_newer_release_is_left_alone(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    with sqlite3.connect(handoff.home / "handoff.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (["db", "upgrade"], ["run"], ["user", "add", "ana@example.com"]):
        assert "9999" in handoff.refused(*command)


@pytest.mark.parametrize("command", ["run", "db upgrade", "user add a@example.com", "dlq list"])
def test_a_file_that_is_no_database_is_said_to_be_none(command: str, handoff: Terminal) -> None:
    handoff.home.mkdir()
    (handoff.home / "handoff.db").write_text("not a database, but long enough to be looked at")
    assert "not a database" in handoff.refused(*command.split())


def test_a_port_that_is_taken_is_named_before_anything_is_made(handoff: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = handoff.refused("run", PORT=port)
    assert f"127.0.0.1:{port}" in said
    assert "in use; PORT and HOST choose another" in said
    assert not (handoff.home / "handoff.db").exists()


@pytest.mark.parametrize("book", [None, "{", json.dumps({"business": "x"})])
def test_a_start_that_fails_late_uses_up_no_first_admin(
    book: str | None, handoff: Terminal
) -> None:
    path = handoff.folder / "book.json"
    if book is not None:
        path.write_text(book)
    assert f"HANDOFF_KNOWLEDGE {path}" in handoff.refused("run", HANDOFF_KNOWLEDGE=str(path))
    connection = sqlite3.connect(handoff.home / "handoff.db")
    assert connection.execute("SELECT count(*) FROM operators").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize(
    "command", ["user add ana@example.com", "dlq list", "dlq replay bot.turns"]
)
def test_commands_do_not_make_a_database_by_looking_for_one(
    command: str, handoff: Terminal
) -> None:
    handoff.home.mkdir()
    assert "handoff db upgrade" in handoff.refused(*command.split())
    assert not list(handoff.home.iterdir())


def test_without_dead_letters_there_is_nothing_to_list_or_to_replay(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    assert handoff.done("dlq", "list") == "No dead letters.\n"
    assert handoff.listed() == []
    assert handoff.done("dlq", "replay", ROUTER_EVENTS) == "0 put back.\n"


def test_dead_letters_are_listed_without_their_text_and_replayed_once(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    event = str(buried(handoff.home))
    [letter] = handoff.listed(ROUTER_EVENTS)
    assert letter.pop("died_at")
    assert letter == {
        "queue": ROUTER_EVENTS,
        "id": event,
        "type": "customer.wrote.v1",
        "reason": "it was the test",
    }
    table = handoff.done("dlq", "list")
    assert event in table
    assert "customer" in table
    assert wrote().text not in table
    assert handoff.listed("bot.turns") == []
    assert handoff.run("dlq", "replay", ROUTER_EVENTS, "another").exit_code == 1
    replayed = json.loads(handoff.done("dlq", "replay", ROUTER_EVENTS, event, "--json"))
    assert replayed == {"queue": ROUTER_EVENTS, "put_back": 1}
    assert handoff.listed() == []


@pytest.mark.parametrize("command", ["list", "replay"])
def test_an_unknown_queue_is_answered_with_those_that_there_are(
    command: str, handoff: Terminal
) -> None:
    said = handoff.refused("dlq", command, "nowhere")
    assert all(queue in said for queue in QUEUES)


def test_a_table_keeps_its_columns_apart_and_cuts_nothing() -> None:
    rows = [Letter("q", "id" * 40, "t", "why", ""), Letter("queue", "id", "type", "w", "now")]
    head, first, second = as_table(rows).splitlines()
    assert first.split() == ["q", "id" * 40, "t", "why"]
    assert head.index("type") == first.index("t ") == second.index("type")


def test_servers_are_wanted_both_or_neither(handoff: Terminal) -> None:
    said = handoff.refused("dlq", "list", DATABASE_URL="postgresql://nobody@127.0.0.1/nothing")
    assert "AMQP_URL is not" in said
    assert "AMQP_URL is not set" in handoff.refused("broker", "declare")


def test_a_server_that_is_away_is_said_to_be(handoff: Terminal) -> None:
    away = {"DATABASE_URL": "postgresql://nobody:s3cret@127.0.0.1:1/nothing"}
    said = handoff.refused("db", "upgrade", **away)
    assert "away" in said
    assert "s3cret" not in said
    away = {"AMQP_URL": "amqp://nobody:s3cret@127.0.0.1:1/"}
    assert "away" in handoff.refused("broker", "declare", **away)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has none of these files: router_database_url"),
        ("s3cret", "router_database_url holds no database URL"),
        ("postgresql://s3cret@db/handoff", "router_database_url: the URL has no user, or no pass"),
    ],
)
def test_logins_need_urls_that_have_one(content: str | None, said: str, handoff: Terminal) -> None:
    if content is not None:
        (handoff.folder / "router_database_url").write_text(content)
    url = "postgresql://owner@127.0.0.1:9/handoff"
    found = handoff.refused("db", "logins", ".", DATABASE_URL=url)
    assert said in found
    assert "s3cret" not in found


def test_the_standalone_mode_has_no_logins(handoff: Terminal) -> None:
    assert "DATABASE_URL is not set" in handoff.refused("db", "logins", ".")
