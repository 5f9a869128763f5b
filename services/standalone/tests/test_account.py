"""Whose Twilio account it is, and who may reach the simulator."""

import json
from pathlib import Path

import pytest

from handoff_standalone.account import Account, account_of
from handoff_standalone.settings import SettingsError

from .world import settings

SID = "AC" + "0123456789abcdef" * 2
PUBLIC = "https://handoff.example.com"


def test_without_credentials_an_account_is_made_once_and_kept_for_the_owner_only(
    tmp_path: Path,
) -> None:
    made = account_of(settings(HANDOFF_HOME=tmp_path))
    assert made.is_simulated
    assert made == account_of(settings(HANDOFF_HOME=tmp_path))
    assert (tmp_path / "simulator.json").stat().st_mode & 0o777 == 0o600


def test_credentials_are_used_as_they_are_and_the_previous_token_comes_second(
    tmp_path: Path,
) -> None:
    given = {"twilio_account_sid": SID, "twilio_auth_token": "new", "public_base_url": PUBLIC}
    assert account_of(settings(HANDOFF_HOME=tmp_path, **given)) == Account(
        SID, ("new",), is_simulated=False
    )
    given |= {"twilio_auth_token_previous": "old"}
    assert account_of(settings(HANDOFF_HOME=tmp_path, **given)).auth_tokens == ("new", "old")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"twilio_account_sid": SID}, "set both"),
        ({"twilio_auth_token": "token"}, "set both"),
        ({"twilio_account_sid": SID, "twilio_auth_token": " "}, "set both"),
        ({"twilio_account_sid": SID, "twilio_auth_token": "token"}, "PUBLIC_BASE_URL is not set"),
        ({"twilio_api_base_url": "http://127.0.0.1:8010"}, "TWILIO_API_BASE_URL needs"),
    ],
)
def test_settings_under_which_nothing_would_come_or_go_are_refused(
    given: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=said):
        account_of(settings(HANDOFF_HOME=tmp_path, **given))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"public_base_url": PUBLIC}, "PUBLIC_BASE_URL:"),
        ({"host": "0.0.0.0"}, "HOST:"),  # noqa: S104  # what must be refused
        ({"host": "::"}, "HOST:"),
        ({"host": "shop.local", "public_base_url": "http://192.168.1.5:8000"}, "HOST and PUBLIC"),
    ],
)
def test_the_simulator_is_shown_to_others_only_when_that_is_wanted(
    given: dict[str, str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=named):
        account_of(settings(HANDOFF_HOME=tmp_path, **given))
    assert account_of(settings(HANDOFF_HOME=tmp_path, **given, HANDOFF_SIMULATOR="on")).is_simulated


@pytest.mark.parametrize("url", ["http://localhost:9", "http://127.0.0.1:9", "http://[::1]:9/x"])
def test_a_public_url_of_this_machine_shows_the_simulator_to_nobody_else(
    url: str, tmp_path: Path
) -> None:
    assert account_of(settings(HANDOFF_HOME=tmp_path, public_base_url=url)).is_simulated


@pytest.mark.parametrize("kept", ["", "{", "[]", json.dumps({"sid": SID})])
def test_a_damaged_account_is_named_and_not_replaced(kept: str, tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text(kept)
    with pytest.raises(SettingsError, match=r"simulator\.json is damaged"):
        account_of(settings(HANDOFF_HOME=tmp_path))
    assert (tmp_path / "simulator.json").read_text() == kept
