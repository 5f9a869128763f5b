"""Chromium for tests in the browser, from the first way that has one.

(1) `TEST_CHROMIUM`, (2) an installed program, (3) the distribution's package, as root, (4)
Playwright's own download.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from handoff_common.testing.instance import ServerError
from handoff_common.testing.packages import is_ours_to_change, run_command

VARIABLE = "TEST_CHROMIUM"
PROGRAMS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge",
)  # fmt: skip
PACKAGE = "chromium"

FLAGS = (
    "--no-sandbox",  # it refuses to run as root otherwise; it only opens our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For any user, and for a machine without a network: nothing is fetched behind our back."""

_WHERE = """\
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program that has told its version."""

    program: Path
    version: str
    how: str

    def __str__(self) -> str:
        return f"{self.version}: {self.how} ({self.program})"


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for it; the parts of the machine that it looks at can be others."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    which: Callable[[str], str | None] = shutil.which
    check: Callable[[], str] = is_ours_to_change
    run: Callable[[Sequence[str]], str] = run_command

    def find(self) -> Chromium:
        """Return the first that runs; may install one, which takes minutes.

        Raises `ServerError` for a variable that names none, else with every obstacle and advice.
        """
        if given := self.environment.get(VARIABLE):
            return self._tried(VARIABLE, Path(given))
        obstacles: list[str] = []
        ways = {
            "installed": self._installed,
            "the distribution's package": self._package,
            "Playwright's own": self._download,
        }
        for how, way in ways.items():
            try:
                return self._first(how, way())
            except ServerError as error:
                obstacles.append(f"  {how}: {error}")
        advice = f"Set {VARIABLE} to a Chromium or Chrome, or install one ({PACKAGE})."
        raise ServerError("\n".join(["No way to provide Chromium:", *obstacles, advice]))

    def _first(self, how: str, programs: Sequence[Path]) -> Chromium:
        """Return the first that runs; raises what the last one raised."""
        for program in programs[:-1]:
            with suppress(ServerError):
                return self._tried(how, program)
        return self._tried(how, programs[-1])

    def _tried(self, how: str, program: Path) -> Chromium:
        """Ask for the version: some distributions install a program that only says where to go."""
        words = self.run([str(program), "--version"]).split()
        numbers = [word for word in words if word[:1].isdigit()]
        if not numbers:
            raise ServerError(f"{program} tells no version")
        return Chromium(program, f"Chromium {numbers[0]}", how)

    def _installed(self) -> Sequence[Path]:
        found = [Path(path) for path in map(self.which, PROGRAMS) if path]
        if not found:
            raise ServerError(f"none of {', '.join(PROGRAMS)} found")
        return found

    def _package(self) -> Sequence[Path]:
        if reason := self.check():
            raise ServerError(reason)
        self.run(["apt-get", "update", "-q"])
        self.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", PACKAGE])
        return self._installed()

    def _download(self) -> Sequence[Path]:
        self.run([sys.executable, "-m", "playwright", "install", "chromium"])
        return [Path(self.run([sys.executable, "-c", _WHERE]))]
