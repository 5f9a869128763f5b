"""The folder that belongs to one process at a time."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class HomeTakenError(Exception):
    """Another process works in this folder: two would both consume the one queue."""


@contextmanager
def locked(home: Path) -> Generator[None]:
    """Make the folder, readable by its owner only, and keep other processes out.

    The kernel drops the lock with the process, so a `kill -9` leaves nothing behind.
    Raises `HomeTakenError`, `OSError`.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTakenError(f"another handoff process runs in {home}") from None
        yield
