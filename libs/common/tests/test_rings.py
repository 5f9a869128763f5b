"""The plugin, in a pytest of its own."""

import pytest

_TESTS = """
import pytest

@pytest.mark.e2e
def test_whole(): pass

@pytest.mark.integration
def test_part(): raise AssertionError("broken")

def test_piece(): pass

@pytest.mark.integration
def test_container(containers): pass
"""

_CONFIG = """
import os

os.environ["DOCKER_HOST"] = "unix:///nobody-listens-here.sock"

def pytest_configure(config):
    for ring in ("integration", "e2e"):
        config.addinivalue_line("markers", ring)
"""


def test_rings_run_fastest_first_and_the_summary_says_what_ran(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(_CONFIG)
    pytester.makepyfile(_TESTS)
    run = pytester.runpytest_subprocess("-v", "-p", "handoff_common.testing.plugin")
    run.stdout.fnmatch_lines(
        [
            "*::test_piece PASSED*",
            "*::test_part FAILED*",
            "*::test_whole PASSED*",
            "*= rings =*",
            "unit: 1 passed in *",
            "integration: 1 failed in *",
            "e2e: 1 passed in *",
            "testcontainers: not run (no Docker daemon answers)",
            "private instances: not run (no test of them was selected)",
        ]
    )
    last = [line for line in run.outlines if line][-1]
    assert "1 failed, 2 passed, 1 deselected in" in last
