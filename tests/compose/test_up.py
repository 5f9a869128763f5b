"""`make up`: what it tells compose and people, and what it takes for healthy."""

from dataclasses import replace
from pathlib import Path

import pytest
from deploy.credentials import Channel
from deploy.up import KnowledgeError, chosen, dotenv, greeting, is_well, knowledge

SIMULATED = Channel(is_simulated=True, public_base_url="")
REAL = Channel(is_simulated=False, public_base_url="https://handoff.example.com")


def test_people_are_told_where_everything_is(tmp_path: Path) -> None:
    (tmp_path / "admin_password").write_text("the password\n")
    said = greeting({"PORT": "9000"}, SIMULATED, tmp_path)
    assert "http://127.0.0.1:9000\n" in said
    assert "http://127.0.0.1:8010" in said
    assert "http://127.0.0.1:9000/docs" in said
    assert "admin@localhost   password: the password" in said
    assert "https://handoff.example.com/api/twilio/webhook" in greeting({}, REAL, tmp_path)


@pytest.mark.parametrize(
    ("given", "channel", "link"),
    [
        ({}, SIMULATED, "http://127.0.0.1:8010/"),
        ({"SIMULATOR_PORT": "9010"}, SIMULATED, "http://127.0.0.1:9010/"),
        ({"SIMULATOR_URL": "https://phones.example"}, SIMULATED, "https://phones.example"),
        ({}, replace(SIMULATED, public_base_url="https://handoff.example.com"), ""),
        ({}, REAL, None),
    ],
)
def test_the_console_links_to_a_simulator_that_its_readers_reach(
    given: dict[str, str], channel: Channel, link: str | None
) -> None:
    assert chosen(given, channel).get("SIMULATOR_URL") == link


def test_the_simulator_runs_where_there_is_no_account() -> None:
    assert chosen({}, SIMULATED)["COMPOSE_PROFILES"] == "simulator"
    assert chosen({}, REAL)["COMPOSE_PROFILES"] == ""


def test_a_knowledge_base_is_a_file_however_it_is_named(tmp_path: Path) -> None:
    book = tmp_path / "knowledge.json"
    book.write_text("{}")
    for name in ("knowledge.json", "./knowledge.json", str(book)):
        found = knowledge({"HANDOFF_KNOWLEDGE": name}, tmp_path)
        assert found == {"HANDOFF_KNOWLEDGE": str(book.resolve())}
    assert knowledge({"HANDOFF_KNOWLEDGE": ""}, tmp_path) == knowledge({}, tmp_path) == {}


@pytest.mark.parametrize("name", ["none.json", "/none.json", "."])
def test_a_knowledge_base_that_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="HANDOFF_KNOWLEDGE is"):
        knowledge({"HANDOFF_KNOWLEDGE": name}, tmp_path)


@pytest.mark.parametrize(
    ("state", "well"),
    [
        ("running 0 healthy", True),
        ("exited 0", True),
        ("running 0 starting", False),
        ("running 0 unhealthy", False),
        ("running 0", False),
        ("exited 1", False),
        ("restarting 1", False),
    ],
)
def test_healthy_is_what_runs_and_says_so_or_has_done_its_work(state: str, *, well: bool) -> None:
    assert is_well(state.split()) == well


def test_an_env_file_is_read_as_everybody_reads_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# a comment\n\nPORT=9000 # why\nexport A = b\nPASSWORD='x # y'\n"
        'QUOTED="a=b"\n#OFF=1\nEMPTY=\nnothing\n'
    )
    assert dotenv(path) == {
        "PORT": "9000", "A": "b", "PASSWORD": "x # y", "QUOTED": "a=b", "EMPTY": "",
    }  # fmt: skip
    assert dotenv(tmp_path / "none") == {}
