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
