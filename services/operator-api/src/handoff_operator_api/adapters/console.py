"""The console's built files."""

from importlib.resources import files
from pathlib import Path

from handoff_common.web.files import Asset, built_files

PACKAGED = Path(str(files("handoff_operator_api"))) / "console"
"""Where the build is in an installed package."""


def load_console(folder: Path | None = None) -> dict[str, Asset]:
    """Return the files of a build by their paths, the package's own without a folder.

    Nothing if there is no build; raises `OSError` for a file that can't be read.
    """
    return built_files(folder or PACKAGED)
