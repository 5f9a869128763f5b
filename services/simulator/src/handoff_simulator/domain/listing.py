"""`GET …/Messages.json`: its filters and its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from handoff_simulator.domain.message import Message
from handoff_simulator.domain.problem import Problem, bad_parameter
from handoff_simulator.domain.resource import Resource, messages_path, resource_of

Turn: TypeAlias = Literal["older", "newer"]

_SECOND = timedelta(seconds=1)
_TURNS: Mapping[str, Turn] = {"PA": "older", "PB": "newer"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages, newest first. `sent_from` is inclusive, `sent_before` exclusive."""

    recipient: str = ""
    sender: str = ""
    sent_from: datetime | None = None
    sent_before: datetime | None = None
    size: int = 50
    page: int = 0
    beside: str = ""
    """The SID that the page is next to, on its `turn` side; none for the first page."""
    turn: Turn = "older"
    filters: tuple[tuple[str, str], ...] = ()
    """The filters as they were given, for the addresses of the other pages."""


def wanted(query: Mapping[str, str]) -> Wanted | Problem:
    """Return what the query asks for, or the parameter that can't be read."""
    spans: list[tuple[datetime | None, datetime | None]] = []
    for name in ("DateSent", "DateSent>", "DateSent<"):
        text = query.get(name, "")
        span = _span(text) if text else (None, None)
        if span is None:
            return bad_parameter(name)
        spans.append(span)
    size, page = query.get("PageSize", "50"), query.get("Page", "0")
    if not size.isdecimal() or int(size) < 1:
        return bad_parameter("PageSize")
    token = query.get("PageToken", "")
    if not page.isdecimal() or (token and token[:2] not in _TURNS):
        return bad_parameter("Page")
    on, since, until = spans
    return Wanted(
        recipient=query.get("To", ""),
        sender=query.get("From", ""),
        sent_from=max(filter(None, (on[0], since[0])), default=None),
        sent_before=min(filter(None, (on[1], until[1])), default=None),
        size=min(int(size), 1000),
        page=int(page),
        beside=token[2:],
        turn=_TURNS.get(token[:2], "older"),
        filters=tuple(
            (name, query[name])
            for name in ("To", "From", "DateSent", "DateSent>", "DateSent<")
            if query.get(name)
        ),
    )


def page_of(
    found: Sequence[Message], asked: Wanted, account_sid: str, *, more: bool
) -> dict[str, str | int | list[Resource] | None]:
    """Return one page in Twilio's shape. `more`: another page follows in the direction of the turn.

    The addresses are relative to the API's base, as Twilio's are: the SDK puts its own `base_url`
    before them, whatever path that has, so they hold under a prefix too.
    """
    path = f"{messages_path(account_sid)}.json"

    def uri(page: int, token: str = "") -> str:
        query = [*asked.filters, ("PageSize", str(asked.size)), ("Page", str(page))]
        return f"{path}?{urlencode([*query, ('PageToken', token)] if token else query)}"

    older = more if asked.turn == "older" else True
    newer = more if asked.turn == "newer" else bool(asked.beside)
    start = asked.page * asked.size
    return {
        "first_page_uri": uri(0),
        "next_page_uri": uri(asked.page + 1, f"PA{found[-1].sid}") if older and found else None,
        "previous_page_uri": (
            uri(max(asked.page - 1, 0), f"PB{found[0].sid}") if newer and found else None
        ),
        "page": asked.page,
        "page_size": asked.size,
        "start": start,
        "end": start + max(len(found) - 1, 0),
        "uri": uri(asked.page),
        "messages": [resource_of(message, account_sid) for message in found],
    }


def _span(text: str) -> tuple[datetime, datetime] | None:
    """Return the time that a date (a whole GMT day) or a timestamp (one second) means."""
    moment: datetime | None = None
    try:
        day = date.fromisoformat(text) if len(text) == len("YYYY-MM-DD") else None
        if day is not None:
            start = datetime.combine(day, time(), UTC)
            return start, start + timedelta(days=1)
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
    moment = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).replace(
        microsecond=0
    )
    return moment, moment + _SECOND
