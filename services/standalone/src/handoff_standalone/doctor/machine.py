"""What is on this machine: the home, the process, the console, the knowledge base."""

import fcntl
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

import aiohttp

from handoff_operator_api.app import load_console
from handoff_standalone.backups.contents import DATABASE
from handoff_standalone.doctor.checking import Finding, failed, not_applicable, ok, warning
from handoff_standalone.home import LOCK
from handoff_standalone.settings import Settings, Stores

_LITTLE, _TOO_LITTLE = 1 << 30, 100 << 20
_FOR_OTHERS = 0o077
_READY = 200


async def release() -> Finding:
    return ok(f"handoff {version('handoff-standalone')} on Python {platform.python_version()}")


async def home(stores: Stores) -> Finding:
    """Look at the folder without making it."""
    if stores.is_distributed:
        return not_applicable("DATABASE_URL is set: nothing is kept in HANDOFF_HOME")
    folder = stores.home
    if not folder.exists():
        return not_applicable(f"{folder} is not there yet; the first `handoff run` makes it")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return failed(f"{folder} can't be written", "Give it to the user who runs handoff.")
    if folder.stat().st_mode & _FOR_OTHERS:
        return warning(f"{folder} is open to other users", f"chmod 700 {folder}")
    return ok(f"{folder} can be written, by its owner only")


async def disk(stores: Stores) -> Finding:
    if stores.is_distributed:
        return not_applicable("the database has a disk of its own")
    there = next(
        path for path in (stores.home.resolve(), *stores.home.resolve().parents) if path.exists()
    )
    free = shutil.disk_usage(there).free
    says = f"{free / (1 << 30):.1f} GiB free at {there}"
    if free < _TOO_LITTLE:
        return failed(says, "Make room: without it no message can be taken in.")
    return warning(says, "Make room soon.") if free < _LITTLE else ok(says)


async def process(stores: Stores, settings: Settings) -> Finding:
    if stores.is_distributed:
        return not_applicable("each service answers /readyz at its own address")
    if not is_working(stores.home):
        return warning("not running", "Start it: handoff run")
    url = f"{settings.local_url}/readyz"
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url) as answer:
            if answer.status == _READY:
                return ok(f"running and ready at {settings.local_url}")
            return failed(f"running, and {url} answers {answer.status}", "See its log.")
    except (aiohttp.ClientError, TimeoutError):
        return failed(
            f"a process works in {stores.home}, and {url} does not answer",
            "Start it with the same PORT and HOST as this command, or see its log.",
        )


def is_working(folder: Path) -> bool:
    """Tell whether a process has the home; shared and for a moment, so that none is kept out."""
    try:
        with (folder / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def has_database(stores: Stores) -> bool:
    return stores.is_distributed or (stores.home / DATABASE).exists()


async def console(settings: Settings) -> Finding:
    if load_console(settings.console):
        return ok(f"built{f', at {settings.console}' if settings.console else ''}")
    where = f" at {settings.console}" if settings.console else ""
    return warning(f"not built{where}: only the API answers", "Build it: make web")
