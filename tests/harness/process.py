"""One process of the product, that may be killed and started again."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

_PR_SET_PDEATHSIG = 1
READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _die_with_parent() -> None:
    """Let the kernel end the child when we end, however we end."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(slots=True)
class Process:
    """A program with its environment, its log file, and the URL that says when it is ready."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    ready_url: str = ""
    kills: int = 0
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def log_path(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def errors_path(self) -> Path:
        """What it wrote beside its log: a greeting, or a crash."""
        return self.folder / f"{self.name}.err"

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start; it is not ready yet. Its output is appended to its files."""
        with self.log_path.open("ab") as log, self.errors_path.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=errors,
                cwd=self.folder,
                env={**_inherited(), **self.environment},
                preexec_fn=_die_with_parent,  # no threads hold locks here
            )

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it can do its work. Raises `AssertionError` with its last words."""
        deadline = time.monotonic() + seconds
        async with httpx2.AsyncClient(timeout=5) as client:
            while True:
                assert self.is_running, f"{self.name} ended: {self.last_words()}"
                try:
                    if (await client.get(self.ready_url)).status_code == 200:
                        return
                except httpx2.HTTPError:
                    pass
                assert time.monotonic() < deadline, f"{self.name} not ready: {self.last_words()}"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        self.kills += 1
        self._running().kill()
        await self._running().wait()

    async def stop(self) -> float:
        """Ask it to stop (SIGTERM); return after how many seconds it was gone."""
        if not self.is_running:
            return 0.0
        started = time.monotonic()
        self._running().terminate()
        try:
            await asyncio.wait_for(self._running().wait(), 20)
        except TimeoutError:
            self._running().kill()
            await self._running().wait()
        return time.monotonic() - started

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        return await self._running().wait()

    def last_words(self) -> str:
        return self.output()[-3000:]

    def output(self) -> str:
        """Return all that it ever wrote: its log, then the rest."""
        paths = (self.log_path, self.errors_path)
        return "".join(path.read_text(errors="replace") for path in paths if path.exists())

    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, f"{self.name} was never started"
        return self._process


def _inherited() -> dict[str, str]:
    """Return what a child needs of our environment, and nothing that would change the product."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
