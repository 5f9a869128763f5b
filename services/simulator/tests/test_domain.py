"""The pure parts: policy of a webhook, statuses, fault switches, filters, forms."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from handoff_simulator.domain.faults import CREATE_FAULTS, Faults, LaterFault, Line, Switches
from handoff_simulator.domain.lifecycle import in_window, way_on
from handoff_simulator.domain.listing import Wanted, wanted
from handoff_simulator.domain.message import Media, Message, Status
from handoff_simulator.domain.policy import Outcome, Policy, failure_of, pause_ms, policy_of
from handoff_simulator.domain.problem import Problem
from handoff_simulator.domain.webhook import inbound_form, status_form

from .world import ACCOUNT, OURS, SID, THEIRS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def message(status: Status = "queued", **more: str) -> Message:
    return Message(
        sid="SM" + "a" * 32,
        direction="outbound-api",
        sender=OURS,
        recipient=THEIRS,
        body="olá",
        status=status,
        created_at=NOON,
        callback=more.get("callback", ""),
    )


def test_without_a_fragment_a_webhook_is_retried_once_and_only_without_a_connection() -> None:
    address, policy = policy_of("https://shop.example/w?a=1")

    assert address == "https://shop.example/w?a=1"
    assert policy == Policy(1, frozenset({"ct"}), 5000, 15_000, 15_000)
    assert policy.retries_after("ct")
    assert not policy.retries_after("rt")
    assert not policy.retries_after("5xx")


def test_the_fragment_overrides_the_policy_and_is_cut_off() -> None:
    address, policy = policy_of("https://shop.example/w#rc=3&rp=4xx,rt&ct=2000&rt=500&tt=9000")

    assert address == "https://shop.example/w"
    assert policy == Policy(3, frozenset({"4xx", "rt"}), 2000, 500, 9000)
    assert policy.retries_after("4xx")
    assert not policy.retries_after("ct")


def test_values_out_of_range_are_brought_into_it() -> None:
    _, policy = policy_of("https://shop.example/w#rc=9&rp=all&ct=1&rt=99999&tt=x")

    assert policy == Policy(5, frozenset({"all"}), 100, 15_000, 15_000)
    assert policy.retries_after("5xx")
    assert not policy.retries_after(None)


def test_answers_and_pauses_have_their_kinds() -> None:
    assert [failure_of(status) for status in (204, 302, 404, 503)] == [None, None, "4xx", "5xx"]
    assert [pause_ms(attempt) for attempt in (1, 2, 3)] == [100, 200, 400]
    assert Outcome(delivered=False, attempts=1).error_code == 11205
    assert Outcome(delivered=False, attempts=1, status=500).error_code == 11200


@pytest.mark.parametrize(
    ("status", "fails", "reads", "way"),
    [
        ("queued", None, False, ("sent", "delivered")),
        ("queued", None, True, ("sent", "delivered", "read")),
        ("sent", None, False, ("delivered",)),
        ("delivered", None, False, ()),
        ("delivered", None, True, ("read",)),
        ("queued", 63016, True, ("failed",)),
        ("failed", 63016, True, ()),
        ("received", None, True, ()),
    ],
)
def test_a_message_goes_only_forward(
    status: Status, fails: int | None, *, reads: bool, way: tuple[Status, ...]
) -> None:
    assert way_on(message(status), fails=fails, reads=reads) == way


def test_the_window_is_24_hours() -> None:
    assert in_window(NOON, NOON + timedelta(hours=23, minutes=59))
    assert not in_window(NOON, NOON + timedelta(hours=24))
    assert not in_window(None, NOON)


def test_our_ids_are_read_from_the_callback() -> None:
    assert message(callback="https://a.example/s?a=2&m=x-1").ours == ("x-1", 2)
    assert message(callback="https://a.example/s?a=two").ours == ("", None)
    assert message().ours == ("", None)


def test_no_switch_no_fault() -> None:
    switches = Switches()

    assert [switches.on_create("olá") for _ in range(50)] == [None] * 50
    assert not switches.strikes("callback_drop", "olá")
    assert switches.failure("olá") is None
    assert switches.between((0, 0)) == 0


@pytest.mark.parametrize("fault", CREATE_FAULTS)
def test_a_certain_fault_always_happens(fault: str) -> None:
    switches = Switches(Faults.model_validate({fault: 1}))

    assert {switches.on_create("olá") for _ in range(50)} == {fault}


@pytest.mark.parametrize("fault", ["callback_drop", "webhook_double"])
def test_a_later_fault_that_is_certain_always_happens(fault: LaterFault) -> None:
    switches = Switches(Faults.model_validate({fault: 1, "fail": 1}))

    assert switches.strikes(fault, "olá")
    assert switches.failure("olá") == 63024


def test_chances_come_about_as_often_as_they_say_and_the_same_each_time() -> None:
    faults = Faults(seed=7, cut_after=0.2, reject_429=0.1)
    drawn = [Switches(faults).on_create("") for _ in range(3)]
    switches = Switches(faults)
    first = [switches.on_create("") for _ in range(2000)]
    switches.set(faults)

    assert first == [switches.on_create("") for _ in range(2000)]
    assert len(set(drawn)) == 1
    assert 330 < first.count("cut_after") < 470
    assert 140 < first.count("reject_429") < 260


def test_a_delay_is_within_its_span() -> None:
    switches = Switches()

    delays = [switches.between((100, 300)) for _ in range(200)]

    assert 0.1 <= min(delays) < 0.13
    assert 0.27 < max(delays) <= 0.3


def test_the_script_goes_first_and_each_line_only_so_often() -> None:
    script = (
        Line(contains="troca", fault="cut_after", times=2),
        Line(contains="", fault="fail", code=63003),
    )
    switches = Switches(Faults(script=script, reject_429=1))

    assert switches.on_create("uma troca") == "cut_after"
    assert switches.on_create("olá") == "reject_429"
    assert switches.on_create("outra troca") == "cut_after"
    assert switches.on_create("mais uma troca") == "reject_429"
    assert switches.failure("olá") == 63003
    assert switches.failure("olá") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"cut_afte": 0.5},
        {"cut_after": 1.5},
        {"cut_after": 0.6, "cut_before": 0.6},
        {"delay_ms": [5, 1]},
        {"accept_delay_ms": [5, 1]},
        {"script": [{"contains": "a", "fault": "explode"}]},
    ],
)
def test_impossible_switches_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Faults.model_validate(wrong)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ({"DateSent": "2026-03-01"}, "2026-03-01T00:00:00", "2026-03-02T00:00:00"),
        ({"DateSent>": "2026-03-01"}, "2026-03-01T00:00:00", None),
        ({"DateSent<": "2026-03-01"}, None, "2026-03-02T00:00:00"),
        ({"DateSent>": "2026-03-01T10:00:00Z"}, "2026-03-01T10:00:00", None),
        ({"DateSent<": "2026-03-01 10:00:00.500"}, None, "2026-03-01T10:00:01"),
        ({"DateSent>": "Sun, 01 Mar 2026 10:00:00 +0000"}, "2026-03-01T10:00:00", None),
        (
            {"DateSent>": "2026-03-01", "DateSent<": "2026-03-05"},
            "2026-03-01T00:00:00",
            "2026-03-06T00:00:00",
        ),
    ],
)
def test_dates_are_gmt_days_or_moments(
    query: Mapping[str, str], since: str | None, until: str | None
) -> None:
    asked = wanted(query)

    assert isinstance(asked, Wanted)
    assert asked.sent_from == (since and datetime.fromisoformat(since).replace(tzinfo=UTC))
    assert asked.sent_before == (until and datetime.fromisoformat(until).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "query",
    [
        {"DateSent": "yesterday"},
        {"DateSent>": "2026-13-01"},
        {"PageSize": "0"},
        {"PageSize": "many"},
        {"Page": "-1"},
        {"PageToken": "XXSM"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(query: Mapping[str, str]) -> None:
    refused = wanted(query)

    assert isinstance(refused, Problem)
    assert refused.status == 400


def test_a_page_has_50_messages_and_never_more_than_1000() -> None:
    default, huge = wanted({}), wanted({"PageSize": "5000"})

    assert isinstance(default, Wanted)
    assert isinstance(huge, Wanted)
    assert (default.size, huge.size) == (50, 1000)


def test_an_inbound_webhook_has_all_fields_and_blank_ones_too() -> None:
    written = replace(
        message("received"), direction="inbound", sender=THEIRS, recipient=OURS, body=""
    )
    picture = Media("https://a.example/m", "image/jpeg")
    form = inbound_form(replace(written, media=(picture,)), ACCOUNT)

    assert (form["Body"], form["FromCity"], form["ProfileName"]) == ("", "", "")
    assert (form["WaId"], form["From"], form["To"]) == ("5511999990001", THEIRS, OURS)
    assert (
        form["NumMedia"],
        form["MediaUrl0"],
        form["MediaContentType0"],
        form["MessageType"],
    ) == (
        "1",
        "https://a.example/m",
        "image/jpeg",
        "image",
    )
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert form["AccountSid"] == SID
    assert "ExternalUserId" not in form


def test_a_customer_without_a_number_has_an_identity_only() -> None:
    written = replace(
        message("received"),
        direction="inbound",
        sender="whatsapp:BR.1a",
        media=(Media("https://a.example/m", "application/pdf"),),
        extra={"ButtonPayload": "sim", "ProfileName": "Ana"},
    )
    form = inbound_form(written, ACCOUNT)

    assert (form["From"], form["ExternalUserId"], form["WaId"]) == (
        "whatsapp:BR.1a",
        "whatsapp:BR.1a",
        "",
    )
    assert (form["ButtonPayload"], form["ProfileName"]) == ("sim", "Ana")
    assert form["MessageType"] == "document"


def test_a_callback_tells_of_a_failure_only_where_there_is_one() -> None:
    fine = status_form(message(), ACCOUNT, "sent", None)
    failed = status_form(message(), ACCOUNT, "failed", 63016)

    assert fine["MessageStatus"] == fine["SmsStatus"] == "sent"
    assert "ErrorCode" not in fine
    assert "EventType" not in fine
    assert (failed["ErrorCode"], failed["EventType"]) == ("63016", "UNDELIVERED")
    assert failed["ChannelToAddress"] == "+551199999XXXX"
