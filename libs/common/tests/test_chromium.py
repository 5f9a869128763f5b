"""Which Chromium the browser tests get, on machines that are none of ours."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handoff_common.testing.chromium import VARIABLE, Finder
from handoff_common.testing.instance import ServerError


@dataclass
class Machine:
    """Programs by where they are, what can be installed, and what was run."""

    programs: dict[str, str] = field(default_factory=dict[str, str])
    packages: dict[str, str] = field(default_factory=dict[str, str])
    download: str = ""
    is_root: bool = False
    ran: list[str] = field(default_factory=list[str])

    def which(self, name: str) -> str | None:
        path = f"/usr/bin/{name}"
        return path if path in self.programs else None

    def run(self, command: Sequence[str]) -> str:
        self.ran.append(" ".join(command[:3]))
        program, *arguments = command
        if program in self.programs:
            return self.programs[program]
        if program == "apt-get" and arguments[0] == "install":
            self.programs |= self.packages
            return ""
        if program == sys.executable and self.download:
            self.programs[self.download] = "Chromium 150.0.1"
            return self.download if arguments[0] == "-c" else ""
        if program == "apt-get":
            return ""
        raise ServerError(f"{program}: no such program, or no network")

    def finder(self, **variables: str) -> Finder:
        return Finder(variables, self.which, lambda: "" if self.is_root else "not root", self.run)


def test_the_variable_goes_before_what_is_installed() -> None:
    machine = Machine({"/opt/mine": "Chromium 155.0.2 snap", "/usr/bin/chromium": "Chromium 1.0"})
    found = machine.finder(**{VARIABLE: "/opt/mine"}).find()
    assert str(found) == "Chromium 155.0.2: TEST_CHROMIUM (/opt/mine)"


def test_a_variable_that_names_no_program_is_an_error_and_nothing_else_is_tried() -> None:
    machine = Machine({"/usr/bin/chromium": "Chromium 1.0"}, is_root=True)
    with pytest.raises(ServerError, match="/opt/gone"):
        machine.finder(**{VARIABLE: "/opt/gone"}).find()
    assert machine.ran == ["/opt/gone --version"]


def test_what_is_installed_is_used_under_any_of_its_names() -> None:
    machine = Machine({"/usr/bin/google-chrome": "Google Chrome 156.0.7 "})
    found = machine.finder().find()
    assert (found.program, found.version) == (Path("/usr/bin/google-chrome"), "Chromium 156.0.7")


def test_root_installs_the_distributions_package() -> None:
    machine = Machine(packages={"/usr/bin/chromium": "Chromium 156.0"}, is_root=True)
    assert machine.finder().find().how == "the distribution's package"
    assert machine.ran[:2] == ["apt-get update -q", "apt-get install -q"]


def test_nobody_else_installs_anything_but_playwrights_own() -> None:
    machine = Machine(packages={"/usr/bin/chromium": "Chromium 156.0"}, download="/cache/chrome")
    found = machine.finder().find()
    assert (found.how, found.program) == ("Playwright's own", Path("/cache/chrome"))
    assert not [command for command in machine.ran if command.startswith("apt-get")]


def test_an_installed_program_that_does_not_run_is_passed_over() -> None:
    stub = {"/usr/bin/chromium-browser": "Requires the chromium snap to be installed."}
    machine = Machine(stub, download="/cache/chrome")
    assert machine.finder().find().how == "Playwright's own"
    machine.programs["/usr/bin/google-chrome"] = "Google Chrome 156.0.7"
    assert machine.finder().find().program == Path("/usr/bin/google-chrome")


def test_without_any_way_the_message_names_every_obstacle_and_what_to_install() -> None:
    with pytest.raises(ServerError) as raised:
        Machine().finder().find()
    said = str(raised.value)
    assert "installed: none of chromium" in said
    assert "the distribution's package: not root" in said
    assert "Playwright's own: " in said
    assert said.endswith("install one (chromium).")
