"""Fixtures: the compose file as Debian's docker-compose reads it; no daemon is needed."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from handoff_common.testing.instance import ServerError
from handoff_common.testing.packages import is_ours_to_change, run_command

ROOT = Path(__file__).parents[2]
PACKAGE = "docker-compose"


@pytest.fixture(scope="session")
def docker_compose() -> str:
    """Provide the program, installed if that is possible; without it the tests fail."""
    if shutil.which(PACKAGE) is None:
        if reason := is_ours_to_change():
            raise ServerError(f"install {PACKAGE} (Debian's package of that name): {reason}")
        run_command(["apt-get", "update", "-q"])
        run_command(["apt-get", "install", "-q", "-y", "--no-install-recommends", PACKAGE])
    return PACKAGE


def resolved(docker_compose: str, folder: Path, **environment: str) -> dict[str, Any]:
    """Return what compose makes of the file, with no other variables than these."""
    done = subprocess.run(
        [docker_compose, "--file", str(ROOT / "docker-compose.yml"), "config"],
        cwd=folder,  # no `.env` there
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "compose has something to say"
    return cast("dict[str, Any]", cast("Any", yaml).safe_load(done.stdout))


@pytest.fixture(scope="session")
def config(docker_compose: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Provide everything, the simulator too."""
    folder = tmp_path_factory.mktemp("compose")
    return resolved(docker_compose, folder, COMPOSE_PROFILES="simulator")
