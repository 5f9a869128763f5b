"""One file that holds a backup: a ZIP with the manifest as its last member."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from handoff_standalone.backups.contents import MANIFEST, BackupError, Manifest, Piece

_CHUNK = 1 << 20
Advance = Callable[[int, int], None]


def piece_of(path: Path) -> Piece:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Piece.model_validate({"name": path.name, "size": path.stat().st_size, "sha256": digest})


def pack(folder: Path, manifest: Manifest, target: Path, advance: Advance) -> None:
    """Write the pieces and the manifest into a new file that is on the disk when this returns."""
    total, done = sum(piece.size for piece in manifest.pieces), 0
    with target.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for piece in manifest.pieces:
                with (
                    (folder / piece.name).open("rb") as source,
                    archive.open(piece.name, "w", force_zip64=True) as member,
                ):
                    while chunk := source.read(_CHUNK):
                        member.write(chunk)
                        done += len(chunk)
                        advance(done, total)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        file.flush()
        os.fsync(file.fileno())


def verified(path: Path, advance: Advance, *, into: Path | None = None) -> Manifest:
    """Read an archive to its end and compare every piece with its checksum; perhaps unpack it.

    Raises `BackupError` for one that is cut, changed, or not ours.
    """
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        total, done = sum(piece.size for piece in manifest.pieces), 0
        for piece in manifest.pieces:
            digest = hashlib.sha256()
            for chunk in _chunks(archive, piece, into):
                digest.update(chunk)
                done += len(chunk)
                advance(done, total)
            if digest.hexdigest() != piece.sha256:
                raise BackupError(f"{path}: {piece.name} is not what was saved (checksum)")
    return manifest


def _chunks(archive: zipfile.ZipFile, piece: Piece, into: Path | None) -> Iterator[bytes]:
    """Yield a piece's bytes, at most as many as it should have, written to a folder if wanted."""
    left, target = piece.size, Path(os.devnull) if into is None else into / piece.name
    with archive.open(piece.name) as member, target.open("wb") as file:
        while left >= 0 and (chunk := member.read(_CHUNK)):
            left -= len(chunk)
            file.write(chunk)
            yield chunk
        file.flush()
        if into is not None:
            os.fsync(file.fileno())


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        text = archive.read(MANIFEST)
    except KeyError:
        raise BackupError(f"{path} has no manifest: it is no backup of handoff") from None
    try:
        return Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupError(f"{path} was made by another kind of handoff: its manifest") from None


@contextmanager
def _opened(path: Path) -> Generator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise BackupError(f"there is no {path}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise BackupError(f"{path} is damaged, or no backup: {error}") from error
