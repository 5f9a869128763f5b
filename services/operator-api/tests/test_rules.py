"""The pure parts: cursors, ids and digests of commands, origins, who may become an operator."""

import base64
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_common.events import ClaimRequested, CloseRequested, ReplyRequested
from handoff_common.ids import OperatorId
from handoff_common.web.origin import is_foreign, origin_of
from handoff_operator_api.domain.command import command_id, digest
from handoff_operator_api.domain.cursor import CursorError, Position, decode, encode
from handoff_operator_api.domain.inbox import can_decide
from handoff_operator_api.domain.operator import Remaining, check_new, remaining

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POSITIONS = st.builds(Position, st.datetimes(timezones=st.just(UTC)), st.uuids())


@given(POSITIONS)
def test_a_cursor_keeps_its_position_to_the_microsecond(position: Position) -> None:
    assert decode("all", encode("all", position)) == position


@given(POSITIONS)
def test_a_cursor_is_good_for_its_list_only(position: Position) -> None:
    with pytest.raises(CursorError):
        decode("mine", encode("all", position))


@given(POSITIONS, st.integers(0, 39), st.characters())
def test_a_changed_cursor_is_refused(position: Position, at: int, character: str) -> None:
    cursor = encode("all", position)
    changed = cursor[:at] + character + cursor[at + 1 :]

    if changed != cursor:
        with pytest.raises(CursorError):
            decode("all", changed)


@given(st.text(max_size=60))
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(CursorError):
        decode("all", text)


@pytest.mark.parametrize("moment", [b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7])
def test_a_moment_that_no_calendar_has_is_refused_even_with_a_good_check(moment: bytes) -> None:
    body = moment + uuid4().bytes
    check = blake2b(body, digest_size=6, key=b"all").digest()

    with pytest.raises(CursorError):
        decode("all", base64.urlsafe_b64encode(body + check).decode())


def _envelope(**differs: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": UUID(int=1),
        "time": NOON,
        "trace": "",
        "conversation_id": UUID(int=2),
        "operator_id": UUID(int=3),
        "epoch_seen": 4,
        "expires_at": NOON + timedelta(seconds=30),
        "digest": "",
    }
    return usual | differs


def test_the_same_click_has_the_same_digest_whatever_the_screen_shows() -> None:
    later = {
        "time": NOON + timedelta(hours=1),
        "trace": "x",
        "epoch_seen": 9,
        "expires_at": NOON,
        "digest": "y",
    }

    assert digest(ReplyRequested(**_envelope(), text="a", seq_seen=1)) == digest(
        ReplyRequested(**_envelope(**later), text="a", seq_seen=2)
    )


def test_another_content_has_another_digest() -> None:
    commands = [
        ClaimRequested(**_envelope()),
        ClaimRequested(**_envelope(conversation_id=UUID(int=9))),
        ReplyRequested(**_envelope(), text="a", seq_seen=1),
        ReplyRequested(**_envelope(), text="b", seq_seen=1),
        CloseRequested(**_envelope(), outcome="resolved"),
        CloseRequested(**_envelope(), outcome="unresolved"),
        CloseRequested(**_envelope(), outcome="resolved", note="n"),
    ]

    assert len({digest(command) for command in commands}) == len(commands)
    assert {len(digest(command)) for command in commands} == {64}


def test_a_key_names_one_command_of_one_operator() -> None:
    ann, bob = OperatorId(UUID(int=1)), OperatorId(UUID(int=2))

    assert command_id(ann, "key") == command_id(ann, "key")
    assert len({command_id(ann, "key"), command_id(bob, "key"), command_id(ann, "kez")}) == 3


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.example/console?x", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:8000/", "http://shop.example:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example", "https://", "null"])
def test_what_has_no_origin_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        origin_of(url)


@pytest.mark.parametrize(
    ("fetch_site", "origin", "foreign"),
    [
        (None, None, False),  # no browser
        ("same-origin", "https://us", False),
        ("none", None, False),
        (None, "https://us", False),
        ("cross-site", None, True),
        ("same-site", "https://us", True),
        ("cross-site", "https://us", True),
        ("same-origin", "https://rebound", True),
        (None, "null", True),
        ("", None, True),
    ],
)
def test_pages_that_are_not_ours_are_foreign(
    fetch_site: str | None, origin: str | None, *, foreign: bool
) -> None:
    ours = frozenset({"https://us"})
    assert is_foreign(fetch_site=fetch_site, origin=origin, ours=ours) is foreign


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "nobody", "e-mail"),
        ("email", "a b@c", "e-mail"),
        ("email", "a@" + "b" * 260, "e-mail"),
        ("name", "", "name"),
        ("name", "n" * 121, "name"),
        ("role", "owner", "role"),
        ("password", "short", "password"),
        ("password", "p" * 1025, "password"),
    ],
)
def test_an_operator_needs_an_address_a_name_a_role_and_a_password(
    field: str, value: str, message: str
) -> None:
    fields = {"email": "a@b", "name": "A", "role": "admin", "password": "eight ch"}
    check_new(**fields)

    with pytest.raises(ValueError, match=message):
        check_new(**{**fields, field: value})


def test_a_session_ends_at_its_limits_and_not_before() -> None:
    second, now = timedelta(seconds=1), NOON
    idle, old = now - timedelta(minutes=30), now - timedelta(hours=12)

    last = Remaining(second, renewable=True)
    assert remaining(created_at=now, seen_at=idle + second, now=now) == last
    final = Remaining(second, renewable=False)
    assert remaining(created_at=old + second, seen_at=now, now=now) == final
    assert remaining(created_at=old, seen_at=now, now=now) is None
    assert remaining(created_at=now, seen_at=idle, now=now) is None


def test_only_its_author_decides_a_doubtful_message_and_only_when_the_checks_are_over() -> None:
    ann, bob = UUID(int=1), UUID(int=2)

    assert can_decide(status="doubtful", doubt_is_last=True, author=ann, reader=ann)
    assert not can_decide(status="doubtful", doubt_is_last=True, author=ann, reader=bob)
    assert not can_decide(status="doubtful", doubt_is_last=True, author=None, reader=ann)
    assert not can_decide(status="doubtful", doubt_is_last=False, author=ann, reader=ann)
    assert not can_decide(status="unconfirmed", doubt_is_last=True, author=ann, reader=ann)
