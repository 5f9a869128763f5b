"""`handoff user`: who may sign in."""

import json

import pytest

from .world import Terminal


def test_a_password_is_made_and_shown_once(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    said = handoff.done("user", "add", "ana@example.com", "--name", "Ana", "--role", "admin")
    assert said.startswith("ana@example.com may sign in as admin; password: ")
    assert len(said.split()[-1]) >= 12
    made = json.loads(handoff.done("user", "add", "rui@example.com", "--json"))
    assert (made["email"], made["role"]) == ("rui@example.com", "operator")
    assert len(made["password"]) >= 12


def test_the_first_is_added_only_where_nobody_is(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    admin = ("user", "add", "ana@example.com", "--role", "admin", "--first")
    assert "ana@example.com may sign in as admin" in handoff.done(*admin)
    assert handoff.done(*admin).startswith("Somebody may sign in already")
    assert "may sign in as operator" in handoff.done("user", "add", "rui@example.com")


def test_a_password_that_was_given_is_not_shown(handoff: Terminal) -> None:
    handoff.done("db", "upgrade")
    said = handoff.done("user", "add", "ana@example.com", HANDOFF_PASSWORD="a good long one")
    assert "password: the one given" in said
    assert "long one" not in said
    more = ("user", "add", "rui@example.com", "--json")
    assert json.loads(handoff.done(*more, HANDOFF_PASSWORD="a good long one"))["password"] is None


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["ana@example.com"], "short", "password must have 8"),
        (["ana"], "a good long one", "e-mail address is not one"),
        (["ana@example.com", "--role", "boss"], "a good long one", "operator"),
    ],
)
def test_who_can_not_be_added_is_said_why(
    arguments: list[str], password: str, said: str, handoff: Terminal
) -> None:
    handoff.done("db", "upgrade")
    assert said in handoff.refused("user", "add", *arguments, HANDOFF_PASSWORD=password)
