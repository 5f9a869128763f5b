"""`make up`: what it tells compose and people, and what it takes for healthy."""

from pathlib import Path

import pytest
from deploy.credentials import Channel
from deploy.up import dotenv, greeting, is_well

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
