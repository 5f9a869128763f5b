"""A backup put back into the home."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from handoff_common import schema
from handoff_common.database import Database
from handoff_outbound.app import remember_restore
from handoff_standalone.backups import snapshot
from handoff_standalone.backups.archive import verified
from handoff_standalone.backups.contents import (
    DATABASE,
    DATABASES,
    NAMES,
    BackupError,
    Manifest,
)
from handoff_standalone.backups.saving import Step, sync_folder
from handoff_standalone.home import LOCK, locked

_ASIDE = "before-restore-"


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    restored_at: datetime
    aside: Path | None
    """Where the old home's files are now."""


async def restore(home: Path, archive: Path, *, force: bool, step: Step) -> Restored:
    """Put a backup into the home, upgraded to this release, and marked as put back.

    Nothing of the home is touched before the archive has been read to its end and unpacked; what
    was there is moved aside. Raises `BackupError`, `HomeError` while the product runs there,
    `SchemaError` for a backup of a newer release, `OSError`.
    """
    with step("Reading the backup") as advance:
        verified(archive, advance)
    with locked(home), _workshop(home) as folder:
        old = _occupants(home, folder)
        if old and not force:
            raise BackupError(f"{home} is not empty: with --force its files are moved aside first")
        with step("Unpacking") as advance:
            manifest = verified(archive, advance, into=folder)
        restored_at = await _made_ready(folder, manifest, step)
        aside = home / f"{_ASIDE}{restored_at:%Y%m%dT%H%M%SZ}" if old else None
        if aside is not None:
            _move_aside(home, old, aside)
        _move_in(folder, home)
    return Restored(manifest, restored_at, aside)


async def _made_ready(folder: Path, manifest: Manifest, step: Step) -> datetime:
    for name in DATABASES:
        if (folder / name).exists():
            with step(f"Checking {name}"):
                snapshot.check(folder / name)
    if snapshot.revision_of(folder / DATABASE) != manifest.schema_revision:
        raise BackupError("the database is not at the revision that the manifest says")
    url = f"sqlite:///{folder}/{DATABASE}"
    with step("Upgrading the database"):
        await schema.upgrade(url)
    database = Database(url)
    try:
        restored_at = datetime.now(UTC)
        await remember_restore(database, taken_at=manifest.taken_at, restored_at=restored_at)
    finally:
        await database.close()
    snapshot.settled(folder / DATABASE)
    return restored_at


def _occupants(home: Path, workshop: Path) -> list[Path]:
    """Return what is in the home beside its lock, us, and what earlier restores moved aside."""
    ours = {LOCK, workshop.name}
    found = [path for path in home.iterdir() if path.name not in ours]
    # By name: a database before its log. A cut in between leaves none, rather than a shorter one.
    return sorted(path for path in found if not path.name.startswith(_ASIDE))


def _move_aside(home: Path, old: list[Path], aside: Path) -> None:
    for name in DATABASES:
        if (home / name).is_file():
            snapshot.settled(home / name)
    aside.mkdir(mode=0o700)
    for path in old:
        if path.exists():  # a log ends with the last look at its database
            path.rename(aside / path.name)
    sync_folder(aside)


def _move_in(folder: Path, home: Path) -> None:
    """Put the database in last: as long as it is not there, there is no home to work in."""
    for name in reversed(NAMES):
        if (folder / name).exists():
            (folder / name).rename(home / name)
    sync_folder(home)


@contextmanager
def _workshop(home: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home.resolve()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
