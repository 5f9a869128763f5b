"""Built files of a page, read once: a few hundred kilobytes, and no path leads elsewhere."""

import gzip
import mimetypes
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

INDEX = "index.html"
_SMALL = 1024
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}


class Asset:
    """One file, as it goes to browsers."""

    def __init__(self, path: str, body: bytes) -> None:
        self.path = path
        self.body = body
        self.etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'

    @property
    def media_type(self) -> str:
        # By our own table first: a machine's registry may call JavaScript text/plain.
        known = _TYPES.get(Path(self.path).suffix) or mimetypes.guess_type(self.path)[0]
        return known or "application/octet-stream"

    def gzipped(self) -> bytes | None:
        """Return the body compressed, where that is smaller."""
        return self._gzipped

    @cached_property
    def _gzipped(self) -> bytes | None:
        if len(self.body) < _SMALL:
            return None
        packed = gzip.compress(self.body, mtime=0)
        return packed if len(packed) < len(self.body) else None


def built_files(root: Path) -> dict[str, Asset]:
    """Return the files of a build by their paths; nothing if there is no build.

    Raises `OSError` for a file that can't be read.
    """
    if not (root / INDEX).is_file():
        return {}
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    paths = {path.relative_to(root).as_posix(): path for path in found}
    return {name: Asset(name, path.read_bytes()) for name, path in paths.items()}
