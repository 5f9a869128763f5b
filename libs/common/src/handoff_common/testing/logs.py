"""What was logged, as a machine reads it."""

import json
import logging
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import structlog

from handoff_common.logging import configure


class Logs:
    """Log lines since the block was entered."""

    def __init__(self, printed: StringIO) -> None:
        self._printed = printed

    @property
    def text(self) -> str:
        """Everything as it was printed."""
        return self._printed.getvalue()

    def __call__(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def logging_as(service: str, *, level: str = "INFO") -> Generator[Logs]:
    """Log as a service does without a terminal; afterwards all is as it was."""
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    printed = StringIO()
    with redirect_stdout(printed):
        configure(service, level=level)
    try:
        yield Logs(printed)
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        structlog.reset_defaults()
