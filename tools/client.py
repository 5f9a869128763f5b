"""Write the console's client from the API's description, or check that it is current.

`python tools/client.py [--check]`; the description itself is written by `tools/openapi.py`.
"""

import argparse
import filecmp
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_UI = Path(__file__).parents[1] / "services/operator-api/ui"
_CLIENT = _UI / "src/client"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is old")
    check: bool = parser.parse_args().check
    if not check:
        return generate(_CLIENT)
    with tempfile.TemporaryDirectory() as folder:
        code = generate(Path(folder))
        old = sorted(differing(_CLIENT, Path(folder)))
    if old:
        print(f"src/client is not up to date ({', '.join(old)}): run `python tools/client.py`")
    return code or bool(old)


def generate(folder: Path) -> int:
    """Run the generator of the console's packages; return its exit code."""
    own = Path(sys.prefix) / "bin"
    command = [own / "npm", "run", "--silent", "client", "--", "--output", folder, "--silent"]
    environment = {**os.environ, "PATH": f"{own}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=_UI, env=environment, check=False)  # noqa: S603  # our own
    return done.returncode


def differing(left: Path, right: Path) -> set[str]:
    """Return the files that only one has, or that are not the same."""
    names = {
        path.relative_to(root).as_posix()
        for root in (left, right)
        for path in root.rglob("*")
        if path.is_file()
    }
    _, differ, missing = filecmp.cmpfiles(left, right, names, shallow=False)
    return {*differ, *missing}


if __name__ == "__main__":
    sys.exit(main())
