"""Database, broker and Redis."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Protocol, cast

from redis.asyncio import from_url
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from handoff_common import schema
from handoff_common.database import Database
from handoff_common.errors import AwayError
from handoff_common.messaging.topology import QUEUES
from handoff_outbound.app import configuration_refusals
from handoff_standalone.backups.contents import DATABASE
from handoff_standalone.doctor.checking import Finding, failed, not_applicable, ok, warning
from handoff_standalone.doctor.machine import has_database
from handoff_standalone.settings import SettingsError, Stores
from handoff_standalone.stores import broker_of, where

_MANY = 1000
_STEPS = 100_000
"""Of SQLite's machine between two looks at whether anybody still waits: some milliseconds."""
_ERRORS = "https://www.twilio.com/docs/api/errors/"
_NONE_YET = "there is no database yet; the first `handoff run` makes it"


class Pinged(Protocol):
    """The part of redis-py that is used; its own signature is untyped."""

    async def ping(self) -> bool: ...


async def database(stores: Stores) -> Finding:
    if not has_database(stores):
        return not_applicable(_NONE_YET)
    opened, place = Database(stores.chosen_database_url, pool_size=1), where(stores)
    try:
        found = await schema.current(opened)
    except AwayError as error:
        return failed(f"{place} does not answer: {error}", "Start it, or correct DATABASE_URL.")
    except schema.EncodingError as error:
        says = f"{place} has the encoding {error.encoding}: not every text fits in"
        return failed(says, f"Create another one: CREATE DATABASE … {schema.ENCODED}")
    except DBAPIError as error:
        return failed(f"{place} refuses ({type(error.orig).__name__})", "Is it the right one?")
    finally:
        await opened.close()
    return _at_revision(place, found)


def _at_revision(place: str, found: str | None) -> Finding:
    if found == schema.HEAD:
        return ok(f"{place} is at revision {found}")
    if found is None:
        return failed(f"{place} is empty", "Run: handoff db upgrade")
    return failed(
        f"{place} is at revision {found}, this release needs {schema.HEAD}",
        "Run: handoff db upgrade (of the newer release)",
    )


async def integrity(stores: Stores) -> Finding:
    if stores.is_distributed:
        return not_applicable("PostgreSQL looks after itself (see pg_amcheck)")
    path = stores.home / DATABASE
    if not path.exists():
        return not_applicable(_NONE_YET)
    given_up = Event()
    try:
        found = await asyncio.to_thread(_quick_check, path, given_up)
    except sqlite3.Error as error:
        return failed(f"{path}: {error}", "Stop, and restore a backup: handoff restore")
    finally:
        given_up.set()
    if found == "ok":
        return ok("SQLite finds the file whole")
    return failed(f"{path} is damaged: {found}", "Stop, and restore a backup: handoff restore")


def _quick_check(path: Path, given_up: Event) -> str:
    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(given_up.is_set, _STEPS)
        connection.execute("PRAGMA query_only=ON")
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])


async def queues(stores: Stores) -> Finding:
    """Look at every queue: that it is there, what waits in it, what lies dead beside it."""
    if not has_database(stores):
        return not_applicable(_NONE_YET)
    try:
        async with broker_of(stores) as broker:
            waiting = {queue: await broker.depth(queue) for queue in QUEUES}
            dead = {queue: len(await broker.dead_letters(queue)) for queue in QUEUES}
    except (SettingsError, schema.SchemaError) as error:
        return failed(str(error), "The settings and the database come first.")
    except AwayError as error:
        advice = "Start it, correct AMQP_URL, or: handoff broker declare"
        return failed(f"the broker does not answer, or lacks a queue: {error}", advice)
    return _lying(waiting, dead)


def _lying(waiting: dict[str, int], dead: dict[str, int]) -> Finding:
    if buried := {queue: count for queue, count in dead.items() if count}:
        said = ", ".join(f"{count} of {queue}" for queue, count in buried.items())
        return warning(f"dead letters: {said}", "Look at them: handoff dlq list")
    if sum(waiting.values()) > _MANY:
        longest = max(waiting, key=waiting.__getitem__)
        return warning(f"{waiting[longest]} wait in {longest}", "Is whoever reads it running?")
    return ok(f"{len(QUEUES)} queues, {sum(waiting.values())} waiting, no dead letters")


async def sending(stores: Stores) -> Finding:
    """Look whether Twilio refuses what outbound sends for a fault of our configuration."""
    if not has_database(stores):
        return not_applicable(_NONE_YET)
    opened = Database(stores.chosen_database_url, pool_size=1)
    try:
        refusals = await configuration_refusals(opened)
    except (AwayError, DBAPIError):
        return not_applicable("the database comes first")
    finally:
        await opened.close()
    if not refusals:
        return ok("nothing waits for our configuration to be set right")
    said = ", ".join(f"{count} for error {code}" for code, count in sorted(refusals.items()))
    return failed(
        f"Twilio refuses our configuration, and messages wait: {said}",
        f"Set right what {_ERRORS}{min(refusals)} names: then they go out by themselves.",
    )


async def redis(stores: Stores) -> Finding:
    url = stores.redis_url.get_secret_value()
    if not stores.is_distributed:
        return not_applicable("a stand-in inside the process")
    if not url:
        return warning("REDIS_URL is not set", "Set it as the services have it.")
    try:
        async with from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            await cast("Pinged", client).ping()
    except (RedisError, OSError, ValueError) as error:
        return warning(
            f"does not answer ({type(error).__name__}): slower, and nothing is lost",
            "Start it, or correct REDIS_URL.",
        )
    return ok("answers")


async def skew(stores: Stores) -> float | None:
    """Return how many seconds the database's clock is ahead of ours; None if it is ours."""
    if not stores.is_distributed:
        return None
    opened = Database(stores.chosen_database_url, pool_size=1)
    try:
        async with opened.read() as connection:
            await connection.scalar(select(1))  # connected: what follows is one short trip
            before = datetime.now(UTC)
            theirs = await connection.scalar(select(func.clock_timestamp()))
            after = datetime.now(UTC)
    except (AwayError, DBAPIError):
        return None
    finally:
        await opened.close()
    return None if theirs is None else (theirs - (before + (after - before) / 2)).total_seconds()
