"""argon2id, off the event loop and two at a time, so that a flood of sign-ins starves nobody."""

import asyncio
import secrets
from dataclasses import dataclass

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from handoff_operator_api.domain.operator import canonical_password

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """argon2id parameters; the defaults are OWASP's (Password Storage Cheat Sheet)."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, cost: PasswordCost) -> None:
        hasher = Argon2Hasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._hash = PasswordHash((hasher,))
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """Return the argon2id hash, parameters and salt included."""
        async with self._slots:
            return await asyncio.to_thread(self._hash.hash, canonical_password(password))

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Tell whether the password is right, and return a new hash if the cost has changed.

        With nothing stored the answer is no, after the same work: the time tells nobody which
        e-mail addresses exist.
        """
        against = stored if stored is not None else await self._of_nobody()
        async with self._slots:
            return await asyncio.to_thread(
                self._hash.verify_and_update, canonical_password(password), against
            )

    async def _of_nobody(self) -> str:
        if not self._nobodys:
            self._nobodys = await self.hash(secrets.token_urlsafe(32))
        return self._nobodys

    async def warm_up(self) -> None:
        """Make nobody's hash now, or the first unknown address would take twice the time."""
        await self._of_nobody()
