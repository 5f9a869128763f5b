"""The command line in a folder of its own, without any setting of the machine's."""

import json
from collections.abc import Callable, Generator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from typer.testing import CliRunner, Result

import handoff_bot.settings as bot
import handoff_ingress.settings as ingress
import handoff_operator_api.settings as operator_api
import handoff_outbound.settings as outbound
import handoff_router.settings as router
import handoff_simulator.settings as simulator
import handoff_standalone.settings as standalone
from handoff_common.settings import BaseServiceSettings
from handoff_standalone.commands import app
from handoff_standalone.settings import Settings
from harness.process import free_port

CLASSES: tuple[type[BaseServiceSettings], ...] = (
    standalone.Settings,
    standalone.Stores,
    bot.Settings,
    ingress.Settings,
    operator_api.Settings,
    outbound.Settings,
    router.Settings,
    simulator.SimulatorSettings,
)


def variables(kind: type[BaseServiceSettings]) -> dict[str, object]:
    """Return the variables that a service reads, with their defaults."""
    return {
        str(field.validation_alias or name).upper(): field.default
        for name, field in kind.model_fields.items()
    }


EVERY = {name for kind in CLASSES for name in variables(kind)}


def settings(**given: object) -> Settings:
    """Return settings of the test's and nobody else's; `HANDOFF_…` by these names."""
    silent = {
        name.lower(): "" for name in EVERY if name.startswith(("TWILIO_", "PUBLIC_", "GOOGLE_"))
    }
    del silent["twilio_whatsapp_number"]
    return Settings(_env_file=None, **(silent | given))  # pyright: ignore[reportArgumentType, reportCallIssue]  # validated


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs `handoff …` in this process."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str | None]:
        own = {"HANDOFF_HOME": str(self.home), "PORT": str(free_port())}
        return {**dict.fromkeys(EVERY), **own}

    def run(self, *arguments: str, **variables: str) -> Result:
        return CliRunner().invoke(app, arguments, env=self.environment | variables)

    def done(self, *arguments: str, **variables: str) -> str:
        """Return what a command printed, that must succeed."""
        result = self.run(*arguments, **variables)
        assert result.exit_code == 0, result.output
        return result.stdout

    def listed(self, *arguments: str) -> list[dict[str, str]]:
        """Return what `handoff dlq list --json` prints."""
        return cast(
            "list[dict[str, str]]", json.loads(self.done("dlq", "list", *arguments, "--json"))
        )

    def refused(self, *arguments: str, **variables: str) -> str:
        """Return what a command said, that must fail with words and not with a traceback."""
        result = self.run(*arguments, **variables)
        assert result.exit_code in (1, 2), result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert not result.stdout
        return result.stderr


@contextmanager
def silently(_label: str) -> Generator[Callable[[int, int], None]]:
    """Take a long step without showing anything."""

    def advance(done: int, total: int) -> None:
        assert 0 <= done <= total

    yield advance


@contextmanager
def terminal(folder: Path) -> Generator[Terminal]:
    """Work in a folder: `.env` is read from there."""
    with chdir(folder):
        yield Terminal(folder)
