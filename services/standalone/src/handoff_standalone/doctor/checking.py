"""A check, and running many at once, each with a deadline of its own."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failed", "not applicable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a sentence, and what to do about it. Never a secret."""

    status: Status
    says: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    look: Callable[[], Awaitable[Finding]]
    seconds: float = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """A check with what it found."""

    name: str
    status: Status
    says: str
    advice: str


def ok(says: str) -> Finding:
    return Finding("ok", says)


def warning(says: str, advice: str) -> Finding:
    return Finding("warning", says, advice)


def failed(says: str, advice: str) -> Finding:
    return Finding("failed", says, advice)


def not_applicable(says: str) -> Finding:
    return Finding("not applicable", says)


async def examined(checks: Sequence[Check]) -> AsyncGenerator[Checked]:
    """Run all at once; yield each in its place, as soon as it and those before it have ended."""
    running = [asyncio.create_task(_found(check)) for check in checks]
    try:
        for check, task in zip(checks, running, strict=True):
            found = await task
            yield Checked(check.name, found.status, found.says, found.advice)
    finally:
        for task in running:
            task.cancel()


async def _found(check: Check) -> Finding:
    try:
        async with asyncio.timeout(check.seconds):
            return await check.look()
    except TimeoutError:
        return failed(f"no answer within {check.seconds:g} s", "See whether it hangs, or is busy.")
    except Exception as error:  # noqa: BLE001  # one broken check must not hide the others
        # Its message could quote what it choked on, a URL with its password for one.
        return failed(f"ended by {type(error).__name__}", "This is a defect of handoff: report it.")
