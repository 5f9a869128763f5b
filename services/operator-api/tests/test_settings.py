"""Where the console is, as the environment says."""

import pytest

from handoff_operator_api.settings import Settings


def test_without_a_word_the_console_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.delenv("CONSOLE_ORIGINS", raising=False)

    assert Settings().origins == ("http://127.0.0.1:9000", "http://localhost:9000")


def test_origins_come_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_ORIGINS", "https://console.example, http://localhost:8000,")

    assert Settings().origins == ("https://console.example", "http://localhost:8000")
