"""What every test server can do, wherever it runs."""

import asyncio
import time
from abc import ABC, abstractmethod
from typing import ClassVar
from uuid import uuid4

from handoff_common.testing.instance import Instance, Kind, ServerError

_READY_SECONDS = 90
_ANSWER_SECONDS = 5


class BaseServer(ABC):
    """A server that tests may use, and kill if it is ours."""

    kind: ClassVar[Kind]
    away: ClassVar[tuple[type[Exception], ...]]
    """What its client raises while the server starts."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._prefix = f"handoff_{uuid4().hex[:6]}_"
        self.version = ""

    @property
    def url(self) -> str:
        """URL of the administrator."""
        return self._instance.url

    @property
    def how(self) -> str:
        """How it is provided, for people."""
        return self._instance.how

    @property
    def can_be_killed(self) -> bool:
        return self._instance.ours

    async def start(self) -> None:
        """Start, or start again at the same address with the same data; return when it answers.

        Raises `ServerError` with its last words if it ends or does not answer within 90 s.
        """
        await self._instance.start()
        await self._answers()

    async def kill(self) -> None:
        """End it as `kill -9` does. Raises `ServerError` if it is not ours or doesn't run."""
        await self._instance.kill()

    async def stop(self) -> None:
        """End it in its own orderly way. Raises like `kill`."""
        await self._instance.stop()

    async def discard(self) -> None:
        """End it and its data if it is ours, else remove what we created in it."""
        if not self._instance.ours:
            await self._clean()
        await self._instance.discard()

    async def _answers(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    self.version = await self._greet()
            except (*self.away, TimeoutError, OSError) as error:
                complaint = await asyncio.to_thread(self._instance.complaint)
                if complaint or time.monotonic() > deadline:
                    text = complaint or f"{type(error).__name__}: {error}"
                    raise ServerError(
                        f"{self.kind} ({self.how}) does not answer: {text}"
                    ) from error
                await asyncio.sleep(0.1)
            else:
                return

    @abstractmethod
    async def _greet(self) -> str:
        """Return the server's version, if it can do all its work now."""

    @abstractmethod
    async def _clean(self) -> None:
        """Remove what we created."""
