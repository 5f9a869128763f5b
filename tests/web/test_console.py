"""The console's own tests (vitest): each of their files is a test here."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

pytestmark = [
    pytest.mark.web, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600),
]  # fmt: skip

UI = Path(__file__).parents[2] / "services/operator-api/ui"
FILES = sorted(str(path.relative_to(UI)) for path in UI.glob("src/**/*.test.ts*"))
SECONDS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What vitest tells of one file."""

    file: str
    message: str
    """Why the file could not be run; empty if it was."""
    tests: list[dict[str, Any]]

    def not_passed(self) -> list[str]:
        """Return what did not pass, with the reason; a test that was skipped did not pass."""
        failed = [
            "\n".join([f"{test['fullName']}: {test['status']}", *test["failureMessages"]])
            for test in self.tests
            if test["status"] != "passed"
        ]
        return [self.message, *failed] if self.message else failed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcomes(
    tmp_path_factory: pytest.TempPathFactory, against: Callable[[str], None]
) -> dict[str, Outcome]:
    """Run all files once, with the Node of the environment."""
    report = tmp_path_factory.mktemp("vitest") / "report.json"
    assert (UI / "node_modules").is_dir(), "the console's packages are missing: run `make console`"
    version = await told("node", "--version")
    await told("npm", "test", "--", "--reporter=json", f"--outputFile={report}")
    found = [_outcome(file) for file in json.loads(report.read_text())["testResults"]]
    count = sum(len(outcome.tests) for outcome in found)
    against(f"vitest: {count} tests in {len(found)} files, on Node {version.strip()}")
    return {outcome.file: outcome for outcome in found}


async def told(program: str, *arguments: str) -> str:
    """Run a program of the environment's Node in the console's folder; return what it printed."""
    own = Path(sys.prefix) / "bin"
    process = await asyncio.create_subprocess_exec(
        own / program,
        *arguments,
        cwd=UI,
        env={**os.environ, "PATH": f"{own}:{os.environ['PATH']}", "CI": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if program == "npm" and process.returncode not in (0, 1):  # 1: some test failed; see there
        raise AssertionError(output.decode())
    return output.decode()


def _outcome(file: dict[str, Any]) -> Outcome:
    name = str(Path(file["name"]).relative_to(UI))
    message = file["message"] or "it holds no test"
    return Outcome(name, "" if file["assertionResults"] else message, file["assertionResults"])


@pytest.mark.parametrize("file", FILES)
async def test_every_test_of(file: str, outcomes: dict[str, Outcome]) -> None:
    assert file in outcomes, "vitest did not run it"
    assert outcomes[file].not_passed() == []
