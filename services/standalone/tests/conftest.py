"""Fixtures: a terminal in an empty folder."""

import logging
import os
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog

from .world import Terminal, terminal


@pytest.fixture
def handoff(tmp_path: Path) -> Generator[Terminal]:
    """Give the command line; what it changes in the process is undone."""
    root, mask = logging.getLogger(), os.umask(0o022)
    handlers, level = root.handlers[:], root.level
    with terminal(tmp_path) as opened:
        yield opened
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    os.umask(mask)
