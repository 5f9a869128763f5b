"""Everything that is looked at, in the order in which a person would."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from handoff_standalone.doctor import bot, machine, stores, twilio
from handoff_standalone.doctor.checking import Check, Finding, failed, not_applicable, ok
from handoff_standalone.settings import Settings, SettingsError, Stores, read

S = TypeVar("S", Settings, Stores)
_LONG = 120
"""Seconds: a large file is read as a whole."""


def checklist() -> Sequence[Check]:
    """Return the checks; those whose settings are wrong say so and do nothing."""
    where, channel = _read(Stores), _read(Settings)
    wrong = [each for each in (where, channel) if isinstance(each, str)]

    def settings() -> Finding:
        if wrong:
            return failed("; ".join(dict.fromkeys(wrong)), "See .env.example.")
        return ok("readable")

    def on_stores(look: Callable[[Stores], Awaitable[Finding]]) -> Callable[[], Awaitable[Finding]]:
        return _skipped if isinstance(where, str) else partial(look, where)

    def on_channel(
        look: Callable[[Settings], Awaitable[Finding]],
    ) -> Callable[[], Awaitable[Finding]]:
        return _skipped if isinstance(channel, str) else partial(look, channel)

    async def process() -> Finding:
        if isinstance(where, str) or isinstance(channel, str):
            return await _skipped()
        return await machine.process(where, channel)

    async def clock() -> Finding:
        if isinstance(where, str) or isinstance(channel, str):
            return await _skipped()
        return twilio.clock(
            {"the database": await stores.skew(where), "Twilio": await twilio.skew(channel)}
        )

    return [
        Check("release", machine.release),
        Check("settings", _soon(settings)),
        Check("home", on_stores(machine.home)),
        Check("disk", on_stores(machine.disk)),
        Check("process", process),
        Check("database", on_stores(stores.database)),
        Check("integrity", on_stores(stores.integrity), seconds=_LONG),
        Check("queues", on_stores(stores.queues), seconds=20),
        Check("redis", on_stores(stores.redis)),
        Check("twilio", on_channel(twilio.credentials)),
        Check("sending", on_stores(stores.sending)),
        Check("sender", on_channel(twilio.sender)),
        Check("public url", on_channel(twilio.public_url)),
        Check("webhook", on_channel(twilio.webhook), seconds=20),
        Check("clock", clock, seconds=20),
        Check("console", on_channel(machine.console)),
        Check("knowledge", on_channel(bot.knowledge)),
        Check("gemini", on_channel(bot.gemini)),
    ]


def _read(kind: type[S]) -> S | str:
    try:
        return read(kind)
    except SettingsError as error:
        return str(error)


async def _skipped() -> Finding:
    return not_applicable("the settings come first")


def _soon(look: Callable[[], Finding]) -> Callable[[], Awaitable[Finding]]:
    async def found() -> Finding:
        return look()

    return found
