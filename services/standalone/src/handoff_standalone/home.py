"""The folder that belongs to one process at a time."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

LOCK = "lock"


class HomeError(Exception):
    """The folder can't be worked in; the text says why."""


@contextmanager
def locked(home: Path) -> Generator[None]:
    """Make the folder, readable by its owner only, and keep other processes out.

    Two would both consume the one queue. The kernel drops the lock with the process, so a
    `kill -9` leaves nothing behind. Raises `HomeError`.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (home / LOCK).open("w")
    except OSError as error:
        raise HomeError(f"HANDOFF_HOME {home} can't be used: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(f"another handoff process works in {home}") from None
        yield
