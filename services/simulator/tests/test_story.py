"""The product's events, put together by phone."""

import json
from typing import Any
from uuid import UUID

import pytest

from handoff_simulator.domain.story import REMEMBERED, Recent, Story
from handoff_simulator.domain.trace import Owner, Step

from .world import OURS, PHONE, THEIRS

CONVERSATION, MESSAGE, HELENA = str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=3))
TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
OTHER_SPAN = "00-" + "1" * 32 + "-" + "3" * 16 + "-01"


class Teller:
    """Tells a story to the trace, a second for each event."""

    def __init__(self) -> None:
        self.story = Story()
        self.seconds = 0.0

    def tell(self, wire_type: str, **fields: Any) -> Step:  # noqa: ANN401  # any JSON
        self.seconds += 1
        body = json.dumps({"type": wire_type, "trace": TRACE, **fields}).encode()
        return self.story.told(wire_type, body, self.seconds).step

    def about(self, wire_type: str, **fields: Any) -> Step:  # noqa: ANN401  # any JSON
        return self.tell(wire_type, conversation_id=CONVERSATION, **fields)


@pytest.fixture
def teller() -> Teller:
    return Teller()


def test_a_customers_message_names_its_phone_its_sid_and_the_message_it_becomes(
    teller: Teller,
) -> None:
    step = teller.tell("customer.wrote.v1", id=MESSAGE, customer=THEIRS, message_sid="SM1")
    assert (step.lane, step.phone, step.sid, step.message) == ("ingress", PHONE, "SM1", MESSAGE)
    assert step.detail["customer"] == THEIRS


def test_what_follows_from_a_message_is_its_phones_by_the_trace(teller: Teller) -> None:
    teller.tell("customer.wrote.v1", id=MESSAGE, customer=THEIRS)
    asked = teller.about("bot.requested.v1", turn=1, trace=OTHER_SPAN)
    later = teller.about("timer.fired.v1", trace="")
    assert (asked.phone, later.phone) == (PHONE, PHONE)
    assert teller.tell("timer.fired.v1", conversation_id="another", trace="").phone == ""


def test_a_release_says_whose_conversation_it_is(teller: Teller) -> None:
    assert teller.about("command.claim.v1", trace="").phone == ""
    released = teller.about("message.released.v1", trace="", customer=THEIRS, business=OURS)
    assert released.phone == PHONE
    assert teller.about("message.accepted.v1", trace="").phone == PHONE


def test_somebody_else_may_say_it_too(teller: Teller) -> None:
    teller.story.learn(CONVERSATION, PHONE)
    teller.story.learn(CONVERSATION, "")
    assert teller.about("command.claim.v1", trace="").phone == PHONE


@pytest.mark.parametrize(
    ("wire_type", "lane"),
    [
        ("customer.wrote.v1", "ingress"),
        ("delivery.reported.v1", "receipt"),
        ("bot.requested.v1", "router"),
        ("bot.replied.v1", "bot"),
        ("handoff.opened.v1", "handoff"),
        ("message.released.v1", "outbound"),
        ("command.reply.v1", "person"),
        ("timer.fired.v1", "router"),
        ("conversation.changed.v1", "router"),
        ("something.new.v7", "router"),
    ],
)
def test_every_event_has_a_lane(teller: Teller, wire_type: str, lane: str) -> None:
    assert teller.about(wire_type).lane == lane


def test_a_change_of_hands_is_told_once_and_what_else_changes_is_not_one(teller: Teller) -> None:
    def changed(owner: str, operator: str | None = None) -> tuple[Owner | None, str]:
        fields = {"owner": owner, "operator_id": operator, "version": 1}
        step = teller.about("conversation.changed.v1", **fields)
        return step.owner, step.lane

    assert changed("bot") == (None, "router")
    assert changed("waiting") == (Owner("queue"), "handoff")
    assert changed("waiting") == (None, "router")
    assert changed("claiming", HELENA) == (Owner("claiming"), "handoff")
    assert changed("human", HELENA) == (Owner("person"), "person")
    assert changed("human", HELENA) == (None, "router")
    assert changed("bot") == (Owner("bot"), "handoff")
    assert changed("nobody knows") == (None, "router")


def test_who_has_it_is_named_only_where_it_changed_hands(teller: Teller) -> None:
    body = json.dumps(
        {"conversation_id": CONVERSATION, "owner": "human", "operator_id": HELENA}
    ).encode()
    first = teller.story.told("conversation.changed.v1", body, 0)
    second = teller.story.told("conversation.changed.v1", body, 1)
    assert (first.operator_id, second.operator_id) == (HELENA, "")


@pytest.mark.parametrize(
    ("begins", "ends", "fields"),
    [
        ("bot.requested.v1", "bot.replied.v1", {"turn": 1}),
        ("bot.requested.v1", "bot.failed.v1", {"turn": 1}),
        ("message.released.v1", "message.accepted.v1", {"message_id": MESSAGE, "attempt": 1}),
        ("handoff.opened.v1", "handoff.briefed.v1", {"handoff_id": MESSAGE}),
    ],
)
def test_how_long_it_took(
    teller: Teller, begins: str, ends: str, fields: dict[str, object]
) -> None:
    assert teller.about(begins, **fields).took_ms is None
    teller.about("timer.fired.v1")
    assert teller.about(ends, **fields).took_ms == 2000
    assert teller.about(ends, **fields).took_ms is None


def test_what_began_before_we_looked_has_no_time(teller: Teller) -> None:
    teller.about("bot.requested.v1", turn=1)
    assert teller.about("bot.replied.v1", turn=2).took_ms is None
    assert teller.about("customer.wrote.v1").took_ms is None


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"\xff", {"unreadable": True}),
        (b"[]", {"unreadable": True}),
        (b'{"turn": "many"}', {"turn": "many"}),
    ],
)
def test_what_can_not_be_read_is_still_a_step(
    teller: Teller, body: bytes, detail: dict[str, object]
) -> None:
    step = teller.story.told("odd.thing.v1", body, 0).step
    assert (step.name, step.lane, step.phone) == ("odd.thing.v1", "router", "")
    assert step.detail == detail


def test_what_is_remembered_is_bounded_and_the_oldest_goes() -> None:
    recent: Recent[int] = Recent()
    for number in range(REMEMBERED):
        recent.put(str(number), number)
    recent.put("0", 0)
    recent.put("new", 1)
    assert recent.get("0") == 0
    assert recent.get("1") is None
    assert recent.take("new") == 1
    assert recent.take("new") is None
