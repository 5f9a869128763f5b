"""Coverage: 100 % of branches where the promises are kept, and a short table of the rest.

As a pytest plugin (`coverage run -m pytest -p tools.cover`) it prints in the summary, so that
pytest's own line stays the last, and fails the run. As a program it judges the last data again.
"""

import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from coverage import Coverage

FULL = (
    "libs/*/src/handoff_*/domain/**/*.py",
    "services/*/src/handoff_*/domain/**/*.py",
    "libs/common/src/handoff_common/events/**/*.py",
    "libs/common/src/handoff_common/messaging/consumer.py",
    "libs/common/src/handoff_common/messaging/runs.py",
    "libs/common/src/handoff_common/messaging/patience.py",
)
"""Where every branch must be taken by some test."""

_COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


@dataclass(slots=True)
class Measured:
    """What the tests took of one file."""

    counts: Counter[str] = field(default_factory=Counter[str])
    missing: list[str] = field(default_factory=list[str])


def judge(coverage: Coverage) -> tuple[list[str], bool]:
    """Return the table's lines, and whether all that must be covered is."""
    measured = _measure(coverage)
    lines = list(_table(measured))
    complete = True
    for pattern in FULL:
        paths = sorted(str(path) for path in Path().glob(pattern) if path.stat().st_size)
        flaws = [f"  {path}: {_missing(measured.get(path))}" for path in paths]
        flaws = [flaw for flaw in flaws if not flaw.endswith(": ")]
        verdict = f"100 % of {len(paths)} files" if paths else "nothing to measure"
        lines += [f"{pattern}: {'not 100 %' if flaws else verdict}", *flaws]
        complete = complete and not flaws
    return lines, complete


def _missing(file: Measured | None) -> str:
    """Return the lines and branches (from->to) that no test took; empty when there is none."""
    return "never imported" if file is None else ", ".join(file.missing)


def _measure(coverage: Coverage) -> dict[str, Measured]:
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        coverage.json_report(outfile=report.name)
        files = json.load(report)["files"]
    found: dict[str, Measured] = {}
    for path, data in files.items():
        counts = Counter({name: int(data["summary"][name]) for name in _COUNTS})
        branches = [f"{start}->{end}" for start, end in data["missing_branches"]]
        found[path] = Measured(counts, [*map(str, data["missing_lines"]), *branches])
    return found


def _table(measured: dict[str, Measured]) -> Iterator[str]:
    """Yield a line for each package of ours, and one for all of them."""
    packages: defaultdict[str, Counter[str]] = defaultdict(Counter[str])
    for path, file in measured.items():
        if "/src/handoff_" in path:
            packages[path.split("/src/")[1].split("/")[0]] += file.counts
            packages["total"] += file.counts
    yield f"{'':22}{'lines':>8}{'branches':>10}{'covered':>9}"
    for name in sorted(packages, key=lambda name: (name == "total", name)):
        counts = packages[name]
        every = counts["num_statements"] + counts["num_branches"]
        taken = counts["covered_lines"] + counts["covered_branches"]
        lines, branches = counts["num_statements"], counts["num_branches"]
        yield f"{name:22}{lines:>8}{branches:>10}{taken / max(every, 1):>9.1%}"


class _Summary:
    """Judges before the summary is printed, so that the run can still fail."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        coverage = Coverage.current()
        if coverage is None:
            raise pytest.UsageError("tools.cover needs `coverage run -m pytest`")
        coverage.stop()
        coverage.save()
        self.lines, complete = judge(coverage)
        if not complete:
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("coverage")
        for line in self.lines:
            terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Summary(), "coverage-summary")


def main() -> int:
    coverage = Coverage()
    coverage.load()
    lines, complete = judge(coverage)
    print("\n".join(lines))
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
