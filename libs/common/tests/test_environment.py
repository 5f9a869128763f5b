"""Old names of variables, and how a number may be written."""

from pathlib import Path

import pytest

from handoff_common.environment import OLD_NAMES, NameConflictError, Numbers
from handoff_common.settings import BaseServiceSettings

OLD = [(name, old) for name, names in OLD_NAMES.items() for old in names]


class Settings(BaseServiceSettings):
    twilio_account_sid: str = ""
    twilio_whatsapp_number: Numbers = "whatsapp:+14155238886"
    public_base_url: str = ""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in an empty folder, without any of the variables."""
    monkeypatch.chdir(tmp_path)
    for name, old in OLD:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(old, raising=False)


def value(name: str) -> object:
    return getattr(Settings(), name.lower())


@pytest.mark.parametrize(("name", "old"), OLD)
@pytest.mark.parametrize("empty", [False, True])
def test_an_old_name_is_read_where_todays_says_nothing(
    name: str, old: str, monkeypatch: pytest.MonkeyPatch, *, empty: bool
) -> None:
    monkeypatch.setenv(old, "given")
    if empty:
        monkeypatch.setenv(name, "")
    assert value(name) == "given"


@pytest.mark.parametrize(("name", "old"), OLD)
def test_an_old_name_is_read_in_the_file_too(name: str, old: str) -> None:
    Path(".env").write_text(f"{old}=given\n")
    assert value(name) == "given"


@pytest.mark.parametrize(("name", "old"), OLD)
@pytest.mark.parametrize("in_file", ["old", "new", "none"])
def test_two_values_for_one_setting_are_an_error_that_shows_neither(
    name: str, old: str, in_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {old: "s3cret", name: "another-s3cret"}
    filed = {"old": old, "new": name}.get(in_file, "")
    for each, said in given.items():
        if each == filed:
            Path(".env").write_text(f"{each}={said}\n")
        else:
            monkeypatch.setenv(each, said)
    with pytest.raises(NameConflictError) as caught:
        Settings()
    assert old in str(caught.value)
    assert f"keep {name}" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_the_same_twice_is_no_error_and_todays_name_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+551130000000")
    monkeypatch.setenv("TWILIO_WHATSAPP_NUMBER", "whatsapp:+551130000000")
    monkeypatch.setenv("APP_URL", "https://a.example/")
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://a.example")
    assert Settings().twilio_whatsapp_number == "whatsapp:+551130000000"
    assert Settings().public_base_url == "https://a.example"


@pytest.mark.parametrize("old", OLD_NAMES["PUBLIC_BASE_URL"])
@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:5001", "http://[::1]"])
def test_the_old_files_own_url_means_this_machine(
    old: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(old, url)
    assert Settings().public_base_url == ""
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://a.example")
    assert Settings().public_base_url == "https://a.example"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+551130000000", "whatsapp:+551130000000"),
        (" whatsapp:+551130000000 ", "whatsapp:+551130000000"),
        ("+551130000000, whatsapp:+551130000001", "whatsapp:+551130000000,whatsapp:+551130000001"),
        ("551130000000", "551130000000"),  # whose country? nobody can say: the settings refuse it
    ],
)
def test_a_number_needs_no_prefix(written: str, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", written)
    assert Settings().twilio_whatsapp_number == read
