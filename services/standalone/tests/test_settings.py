"""Settings: what is read, and what is said about a wrong one."""

from contextlib import chdir
from pathlib import Path

import pytest

from handoff_standalone.settings import Settings, SettingsError, Stores, read

from .world import Terminal, settings


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8100"),
        ("0.0.0.0", "http://127.0.0.1:8100"),  # noqa: S104  # a user's choice
        ("::", "http://[::1]:8100"),
        ("192.168.1.5", "http://192.168.1.5:8100"),
        ("localhost", "http://localhost:8100"),
    ],
)
def test_this_machine_finds_itself_whichever_address_it_listens_on(host: str, url: str) -> None:
    assert settings(host=host, port=8100).base_url == url


def test_a_public_url_wins_and_its_last_slash_does_not_double() -> None:
    assert settings(public_base_url="https://a.example/x/").base_url == "https://a.example/x"


def test_numbers_are_separated_by_commas() -> None:
    both = settings(twilio_whatsapp_number="whatsapp:+551130000000, whatsapp:+551130000001")
    assert both.businesses == ("whatsapp:+551130000000", "whatsapp:+551130000001")


def test_a_level_may_be_written_in_any_case() -> None:
    assert settings(log_level="debug").log_level == "DEBUG"


def test_the_database_is_in_the_home_wherever_that_is(tmp_path: Path) -> None:
    with chdir(tmp_path):
        assert settings(HANDOFF_HOME="x").database_url == f"sqlite:///{tmp_path}/x/handoff.db"


def test_every_wrong_setting_is_named_and_no_value_is_shown(handoff: Terminal) -> None:
    said = handoff.refused(
        "run",
        PORT="s3cret",
        TWILIO_WHATSAPP_NUMBER="s3cret",
        TWILIO_ACCOUNT_SID="s3cret",
        PUBLIC_BASE_URL="s3cret",
        LOG_LEVEL="s3cret",
        HANDOFF_PAUSE_SECONDS="s3cret",
    )
    assert "PORT: Input should be a valid integer" in said
    assert "TWILIO_WHATSAPP_NUMBER: should look like whatsapp:+551130000000" in said
    assert "PUBLIC_BASE_URL: should look like https://" in said
    assert "LOG_LEVEL: not one of DEBUG" in said
    assert "HANDOFF_PAUSE_SECONDS: " in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "oracle://x", "DATABASE_URL: should begin with postgresql://"),
        ("AMQP_URL", "rabbit", "AMQP_URL: should begin with amqp://"),
    ],
)
def test_servers_of_another_kind_are_refused(
    variable: str, value: str, said: str, handoff: Terminal
) -> None:
    assert said in handoff.refused("dlq", "list", **{variable: value})


def test_a_file_named_env_is_honoured_and_the_environment_wins(handoff: Terminal) -> None:
    (handoff.folder / ".env").write_text("HANDOFF_HOME=elsewhere\nAMQP_URL=wrong\n")
    assert "AMQP_URL" in handoff.refused("db", "upgrade")
    assert handoff.done("db", "upgrade", AMQP_URL="")
    assert handoff.home.is_dir()
    assert not (handoff.folder / "elsewhere").exists()


def test_commands_on_the_stores_do_not_ask_for_the_channel(tmp_path: Path) -> None:
    with chdir(tmp_path):
        Path(".env").write_text("TWILIO_ACCOUNT_SID=wrong\nPUBLIC_BASE_URL=wrong\n")
        assert not read(Stores).is_distributed
        with pytest.raises(SettingsError):
            read(Settings)


def test_a_file_holds_the_value_that_its_variable_names(handoff: Terminal) -> None:
    (handoff.folder / "secret").write_text("amqp://ana:s3cret@127.0.0.1:9/\n")
    given = {"AMQP_URL_FILE": "secret", "AMQP_URL": ""}  # as compose hands on what is not set
    said = handoff.refused("broker", "declare", **given)
    assert "a server is away" in said
    assert "s3cret" not in said


def test_a_file_wins_over_the_file_named_env(handoff: Terminal) -> None:
    (handoff.folder / ".env").write_text("HANDOFF_PASSWORD=of the env file\nAMQP_URL=wrong\n")
    (handoff.folder / "secret").write_text("of the secret file")
    handoff.done("db", "upgrade", AMQP_URL="")
    said = handoff.done("user", "add", "a@b.example", AMQP_URL="", HANDOFF_PASSWORD_FILE="secret")
    assert "password: the one given" in said


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "can't be read: No such file"), (b" \n", "is empty"), (b"\xff", "is not text")],
)
def test_a_file_that_says_nothing_is_named(
    content: bytes | None, complaint: str, handoff: Terminal
) -> None:
    if content is not None:
        (handoff.folder / "secret").write_bytes(content)
    said = handoff.refused("db", "upgrade", DATABASE_URL_FILE="secret")
    assert f"handoff: DATABASE_URL_FILE: secret {complaint}" in said


def test_a_variable_given_both_ways_is_refused_without_its_value(handoff: Terminal) -> None:
    (handoff.folder / "secret").write_text("amqp://s3cret@127.0.0.1/")
    both = {"AMQP_URL_FILE": "secret", "AMQP_URL": "amqp://s3cret@127.0.0.1/"}
    said = handoff.refused("broker", "declare", **both)
    assert "AMQP_URL and AMQP_URL_FILE: set one of them" in said
    assert "s3cret" not in said
