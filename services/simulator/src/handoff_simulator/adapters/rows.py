"""The statements of the record, and what a row means."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from handoff_simulator.domain.listing import Wanted
from handoff_simulator.domain.message import Media, Message, Phone, Status
from handoff_simulator.domain.policy import Outcome

_MICROSECOND = timedelta(microseconds=1)

# Moments are microseconds since 1970, by the machine's clock; `ahead` is how far the phones' was.
# `attempts` stays NULL until the webhook of an inbound message has ended, one way or the other.
# AUTOINCREMENT: no number is used twice, even after an erasure.
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sent_at INTEGER,
    media TEXT NOT NULL,
    callback TEXT NOT NULL,
    mid TEXT NOT NULL,
    attempt INTEGER,
    fault TEXT NOT NULL,
    extra TEXT NOT NULL,
    attempts INTEGER,
    delivered INTEGER,
    answer INTEGER,
    ahead INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_sender ON messages (sender);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient);
CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), ahead INTEGER NOT NULL)
STRICT;
"""
_ADD_AHEAD = "ALTER TABLE messages ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0"
_FORWARD = """
INSERT INTO clock (id, ahead) VALUES (1, ?)
ON CONFLICT (id) DO UPDATE SET ahead = ahead + excluded.ahead RETURNING ahead
"""

_SELECT = """
SELECT number, sid, direction, sender, recipient, body, status, error_code, created_at, updated_at,
       sent_at, media, callback, fault, extra, ahead
FROM messages
"""
_INSERT = """
INSERT INTO messages (sid, direction, sender, recipient, body, status, created_at, updated_at,
                      sent_at, media, callback, mid, attempt, fault, extra, ahead)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (sid) DO NOTHING RETURNING number
"""
_ADVANCE = """
UPDATE messages SET status = ?, error_code = ?, updated_at = ?, sent_at = coalesce(sent_at, ?)
WHERE sid = ?
"""
_PHONES = """
SELECT customer, sum(direction = 'inbound'), sum(direction <> 'inbound')
FROM (SELECT iif(direction = 'inbound', sender, recipient) AS customer, direction FROM messages)
GROUP BY customer ORDER BY customer
"""


def prepare(db: sqlite3.Connection) -> None:
    """Make what is not there, and what a record of an older release does not have yet."""
    db.executescript(SCHEMA)
    if "ahead" not in {row[1] for row in db.execute("PRAGMA table_info(messages)")}:
        db.execute(_ADD_AHEAD)


def ahead(db: sqlite3.Connection) -> timedelta:
    """Return how far the clock was moved."""
    found = db.execute("SELECT ahead FROM clock").fetchone()
    return timedelta(microseconds=found[0] if found else 0)


def forward(db: sqlite3.Connection, by: timedelta) -> timedelta:
    """Move the clock, and return how far it is ahead."""
    return timedelta(microseconds=db.execute(_FORWARD, (by // _MICROSECOND,)).fetchone()[0])


def insert(db: sqlite3.Connection, message: Message) -> int | None:
    """Return the number that the message got; None when its SID is there already."""
    mid, attempt = message.ours
    created = _micros(message.created_at)
    found = db.execute(
        _INSERT,
        (
            message.sid, message.direction, message.sender, message.recipient, message.body,
            message.status, created, created, _micros(message.sent_at),
            json.dumps([(media.url, media.content_type) for media in message.media]),
            message.callback, mid, attempt, message.fault, json.dumps(dict(message.extra)),
            message.ahead // _MICROSECOND,
        ),
    ).fetchone()  # fmt: skip
    return None if found is None else int(found[0])


def advance(
    db: sqlite3.Connection, sid: str, status: Status, code: int | None, now: datetime
) -> None:
    moment = _micros(now)
    db.execute(_ADVANCE, (status, code, moment, moment, sid))


def settle(db: sqlite3.Connection, sid: str, outcome: Outcome) -> None:
    db.execute(
        "UPDATE messages SET attempts = ?, delivered = ?, answer = ? WHERE sid = ?",
        (outcome.attempts, outcome.delivered, outcome.status, sid),
    )


def erase(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM messages")


def by_sid(db: sqlite3.Connection, sid: str) -> Message | None:
    found = _selected(db, "WHERE sid = ?", (sid,))
    return found[0] if found else None


def page(db: sqlite3.Connection, asked: Wanted) -> tuple[Sequence[Message], bool]:
    """One row more than wanted is read, to know whether there is another page."""
    newer = asked.turn == "newer"
    conditions: list[tuple[str, str | int]] = []
    if asked.recipient:
        conditions.append(("recipient = ?", asked.recipient))
    if asked.sender:
        conditions.append(("sender = ?", asked.sender))
    if asked.sent_from is not None:
        conditions.append(("sent_at >= ?", _exact(asked.sent_from)))
    if asked.sent_before is not None:
        conditions.append(("sent_at < ?", _exact(asked.sent_before)))
    if asked.beside:
        beside = "(SELECT number FROM messages WHERE sid = ?)"
        conditions.append((f"number {'>' if newer else '<'} {beside}", asked.beside))
    where = " AND ".join(condition for condition, _ in conditions)
    tail = (
        f"{'WHERE ' + where if where else ''} ORDER BY number {'ASC' if newer else 'DESC'} LIMIT ?"
    )
    found = _selected(db, tail, (*(value for _, value in conditions), asked.size + 1))
    kept = found[: asked.size]
    return kept[::-1] if newer else kept, len(found) > asked.size


def of_phone(db: sqlite3.Connection, address: str, after: int, limit: int) -> Sequence[Message]:
    tail = "WHERE (sender = ? OR recipient = ?) AND number > ? ORDER BY number LIMIT ?"
    return _selected(db, tail, (address, address, after, limit))


def accepted(db: sqlite3.Connection, after: int, limit: int) -> Sequence[Message]:
    tail = "WHERE direction = 'outbound-api' AND number > ? ORDER BY number LIMIT ?"
    return _selected(db, tail, (after, limit))


def unfinished(db: sqlite3.Connection) -> Sequence[Message]:
    under_way = "status IN ('queued', 'sent') OR attempts IS NULL AND direction = 'inbound'"
    return _selected(db, f"WHERE {under_way} ORDER BY number", ())


def phones(db: sqlite3.Connection) -> Sequence[Phone]:
    return [Phone(str(row[0]), int(row[1]), int(row[2])) for row in db.execute(_PHONES)]


def last_wrote(db: sqlite3.Connection) -> dict[tuple[str, str], datetime]:
    """Return when each customer last wrote to each sender of ours, by the phones' time."""
    found = db.execute(
        "SELECT sender, recipient, max(created_at + ahead) FROM messages"
        " WHERE direction = 'inbound' GROUP BY sender, recipient"
    )
    return {(str(row[0]), str(row[1])): _moment(int(row[2])) for row in found}


def _selected(db: sqlite3.Connection, tail: str, values: tuple[str | int, ...]) -> list[Message]:
    return [_message(row) for row in db.execute(_SELECT + tail, values)]


def _message(row: tuple[Any, ...]) -> Message:
    number, sid, direction, sender, recipient, body, status, code, created, updated, *rest = row
    sent, media, callback, fault, extra, ahead_by = rest
    return Message(
        number=number,
        sid=sid,
        direction=direction,
        sender=sender,
        recipient=recipient,
        body=body,
        status=status,
        error_code=code,
        created_at=_moment(created),
        updated_at=_moment(updated),
        sent_at=None if sent is None else _moment(sent),
        media=tuple(Media(url, kind) for url, kind in json.loads(media)),
        callback=callback,
        fault=fault,
        extra=cast("dict[str, str]", json.loads(extra)),
        ahead=timedelta(microseconds=ahead_by),
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else _exact(moment)


def _exact(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
