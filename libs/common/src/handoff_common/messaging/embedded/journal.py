"""Group commit: what waits goes to the disk in one transaction, and then everybody is told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from handoff_common.errors import AwayError
from handoff_common.messaging.embedded.store import Change, Cover, Store, Waiting

Committed: TypeAlias = Callable[[Change, Sequence[Waiting], Mapping[str, int]], None]

_MOST = 1000
"""Changes in one transaction: enough to make its fsync cheap, few enough to keep it short."""


class Journal:
    """The one writer. It runs while there is something to write, and no longer."""

    def __init__(self, store: Store, *, cover: Cover, committed: Committed) -> None:
        """Take whom to tell of every transaction, before its callers hear of it."""
        self._store = store
        self._cover = cover
        self._committed = committed
        self._pending: list[tuple[Change, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    def submit(self, change: Change) -> asyncio.Future[None]:
        """Commit a change with whatever else waits; the future fails with `AwayError` and the like.

        Cancelling whoever waits for it doesn't undo it.
        """
        if self._closed:
            raise AwayError("closed")
        done = asyncio.get_running_loop().create_future()
        done.add_done_callback(_seen)
        self._pending.append((change, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return done

    async def close(self) -> None:
        """Commit what waits and take nothing more."""
        self._closed = True
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._pending:
            taken, self._pending = self._pending[:_MOST], self._pending[_MOST:]
            together = Change()
            for change, _ in taken:
                together.add(change)
            [error] = await asyncio.gather(self._commit(together), return_exceptions=True)
            for _, done in taken:
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)
        self._writing = None

    async def _commit(self, change: Change) -> None:
        waiting, marks = await self._store.commit(change, self._cover)
        self._committed(change, waiting, marks)


def _seen(done: asyncio.Future[None]) -> None:
    """Mark a failure as retrieved: its caller may have been cancelled and no longer asks."""
    done.exception()
