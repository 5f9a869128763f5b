"""Server programs from the distribution's packages."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from handoff_common.testing.installed import Installed
from handoff_common.testing.instance import Instance, Kind, ServerError

PACKAGES = {Kind.POSTGRES: "postgresql", Kind.RABBIT: "rabbitmq-server", Kind.REDIS: "redis-server"}

POLICY = Path("/usr/sbin/policy-rc.d")
"""A script that packages ask before they start a server of theirs; 101 means no."""
_SECONDS = 600


def run_command(command: Sequence[str]) -> str:
    """Run a command, as of the package manager; return what it printed.

    Raises `ServerError` with its last words.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise ServerError(f"{' '.join(command)} failed: {(done.stdout + done.stderr)[-500:]}")
    return done.stdout.strip()


def is_ours_to_change() -> str:
    """Return why packages can't be installed here; an empty text when they can."""
    if os.geteuid() != 0:
        return "not root"
    return "" if shutil.which("apt-get") else "no apt-get"


class Packages:
    """The fourth way: install what is missing (as root, on Debian and its kin), then the third."""

    name = "packages"

    def __init__(
        self,
        installed: Installed,
        *,
        check: Callable[[], str] = is_ours_to_change,
        run: Callable[[Sequence[str]], object] = run_command,
        policy: Path = POLICY,
    ) -> None:
        self._installed = installed
        self._check = check
        self._run = run
        self._policy = policy
        self._one_at_a_time = threading.Lock()
        self._updated = False

    def obstacle(self, kind: Kind) -> str:
        reason = self._check()
        if reason or not self._installed.obstacle(kind):
            return reason
        with self._one_at_a_time, _services_stay_off(self._policy):
            try:
                if not self._updated:
                    self._run(["apt-get", "update", "-q"])
                    self._updated = True
                self._run(
                    ["apt-get", "install", "-q", "-y", "--no-install-recommends", PACKAGES[kind]]
                )
            except ServerError as error:
                return str(error)
        return self._installed.obstacle(kind)

    def instance(self, kind: Kind) -> Instance:
        return self._installed.instance(kind)


@contextmanager
def _services_stay_off(policy: Path) -> Generator[None]:
    """Keep packages from starting servers of their own, which would only be in the way."""
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
