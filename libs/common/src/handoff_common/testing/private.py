"""A server of our own: a child process with its data in a temporary folder."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handoff_common.testing.instance import ServerError

# Below the kernel's range for outgoing connections (32768 and up on Linux): a client that tries
# again while its server is down could otherwise be given that port, and even connect to itself.
_PORTS = range(20_000, 32_000)
_LAST_WORDS = 1_500


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run a server from its folder."""

    how: str
    folder: Path
    command: Sequence[str]
    url: str
    management_url: str = ""
    prepare: Sequence[str] = ()
    """A command that creates the data, before the first start."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = ""
    """Run as this user (only root can); empty for our own."""
    stop_signal: signal.Signals = signal.SIGTERM


class PrivateInstance:
    """An `Instance` run by a warden, which ends it when we are gone."""

    ours = True

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.how = plan.how
        self.url = plan.url
        self.management_url = plan.management_url
        self._warden: subprocess.Popen[bytes] | None = None
        self._prepared = not plan.prepare

    @property
    def _log(self) -> Path:
        return self._plan.folder / "server.log"

    async def start(self) -> None:
        await asyncio.to_thread(self._start)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(self._plan.stop_signal)

    async def discard(self) -> None:
        if self._warden is not None and self._warden.stdin is not None:
            self._warden.stdin.close()
            await asyncio.to_thread(self._warden.wait)
        self._warden = None
        await asyncio.to_thread(shutil.rmtree, self._plan.folder, ignore_errors=True)

    def complaint(self) -> str:
        if self._warden is None or self._warden.poll() is None:
            return ""
        return self._last_words()

    def _start(self) -> None:
        if self._warden is not None:
            raise ServerError(f"{self.how}: runs already")
        plan = self._plan
        if plan.user:
            shutil.chown(plan.folder, plan.user, plan.user)
        environment = {**os.environ, **plan.environment}
        with self._log.open("ab") as log:
            if not self._prepared:
                self._prepare(log.fileno(), environment)
            self._warden = subprocess.Popen(
                [
                    *(sys.executable, "-m", "handoff_common.testing.warden"),
                    *(str(plan.folder), plan.user, *plan.command),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the server
            )

    def _prepare(self, log: int, environment: Mapping[str, str]) -> None:
        user = self._plan.user or None
        done = subprocess.run(
            self._plan.prepare,
            stdout=log,
            stderr=log,
            cwd=self._plan.folder,
            env=environment,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"{self.how}: {self._plan.prepare[0]} failed\n{self._last_words()}")
        self._prepared = True

    async def _end(self, number: signal.Signals) -> None:
        if self._warden is None or self._warden.stdin is None:
            raise ServerError(f"{self.how}: doesn't run")
        with self._warden.stdin as orders:
            try:
                orders.write(b"%d\n" % number)
                orders.flush()
            except BrokenPipeError:
                pass  # it has ended by itself
            # The pipe stays open until the warden is gone: its end would mean "delete the folder".
            await asyncio.to_thread(self._warden.wait)
        self._warden = None

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-_LAST_WORDS:]


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ServerError(f"no {count} free ports between {_PORTS.start} and {_PORTS.stop}")
