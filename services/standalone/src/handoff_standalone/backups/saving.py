"""A backup of the home, while the product runs."""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from handoff_standalone.backups import snapshot
from handoff_standalone.backups.archive import Advance, pack, piece_of, verified
from handoff_standalone.backups.contents import (
    DATABASE,
    DATABASES,
    NAMES,
    BackupError,
    Manifest,
)

Step = Callable[[str], AbstractContextManager[Advance]]


@dataclass(frozen=True, slots=True)
class Saved:
    file: Path
    size: int
    manifest: Manifest


def back_up(home: Path, target: Path | None, step: Step) -> Saved:
    """Save the home into one new file, complete and readable or not there at all.

    Raises `BackupError`, `OSError`.
    """
    taken_at = datetime.now(UTC)
    target = target or Path(f"handoff-{taken_at:%Y%m%dT%H%M%SZ}.zip")
    if not (home / DATABASE).exists():
        raise BackupError(f"there is no {home / DATABASE}: nothing to save")
    if target.exists():
        raise BackupError(f"{target} is there already, and stays as it is")
    with _workshop(target) as folder:
        manifest = _copied(home, folder, taken_at, step)
        packed = folder / "packed"
        with step("Packing") as advance:
            pack(folder, manifest, packed, advance)
        with step("Reading it back") as advance:
            verified(packed, advance)
        _publish(packed, target)
    return Saved(target, target.stat().st_size, manifest)


def _copied(home: Path, folder: Path, taken_at: datetime, step: Step) -> Manifest:
    for name in NAMES:
        source = home / name
        if not source.exists():
            continue
        with step(f"Copying {name}") as advance:
            if name in DATABASES:
                snapshot.copied(source, folder / name, advance)
            else:
                shutil.copyfile(source, folder / name)
    for name in DATABASES:
        if (folder / name).exists():
            with step(f"Checking {name}"):
                snapshot.check(folder / name)
    return Manifest(
        release=version("handoff-standalone"),
        schema_revision=snapshot.revision_of(folder / DATABASE),
        taken_at=taken_at,
        pieces=tuple(piece_of(folder / name) for name in NAMES if (folder / name).exists()),
    )


@contextmanager
def _workshop(target: Path) -> Generator[Path]:
    """Lend a folder beside the target, on the same disk, for its owner only."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        yield Path(folder)


def _publish(packed: Path, target: Path) -> None:
    """Give the file its name, in one step and for good."""
    packed.chmod(0o600)
    packed.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have names in a folder on the disk: renaming alone may not outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
