"""What Twilio's forms mean."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_common.events import CustomerWrote, Location, Media
from handoff_ingress.domain.customer import TEXT_LIMIT, customer_wrote
from handoff_ingress.domain.delivery import Aside, delivery_reported
from handoff_ingress.domain.form import Form, MalformedError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = "whatsapp:+14155238886"
FORM = {"MessageSid": "MM" + "b" * 32, "From": "whatsapp:+5511987654321", "To": OURS, "Body": "oi"}


def read(fields: dict[str, str]) -> tuple[CustomerWrote, list[str]]:
    form = Form(list((FORM | fields).items()))
    event = customer_wrote(form, businesses={OURS}, received_at=NOW, trace="")
    return event, form.ignored


@pytest.mark.parametrize(
    "address", ["whatsapp:+5511987654321", "whatsapp:BR.abc", "whatsapp:ID.0123456789"]
)
def test_customers_are_addressed_exactly_as_twilio_gave_them(address: str) -> None:
    assert read({"From": address})[0].customer == address


def test_a_text_comes_as_it_was_written_but_for_nul() -> None:
    text = "  Olá\r\nvocês abrem domingo? 🥖\t"
    assert read({"Body": text})[0].text == text
    assert read({"Body": "a\0b"})[0].text == "ab"


def test_a_long_text_is_kept_up_to_the_cap() -> None:
    assert read({"Body": "x" * TEXT_LIMIT}) == (read({"Body": "x" * TEXT_LIMIT})[0], [])
    event, ignored = read({"Body": "x" * (TEXT_LIMIT + 1)})
    assert (len(event.text), ignored) == (TEXT_LIMIT, ["Body"])


def test_files_come_with_their_types() -> None:
    fields = {
        "Body": "",
        "NumMedia": "2",
        "MediaUrl0": "https://api.twilio.com/a",
        "MediaContentType0": "image/jpeg",
        "MediaUrl1": "https://api.twilio.com/b",
        "MediaContentType1": "audio/ogg",
    }
    event, ignored = read(fields)
    assert event.media == (
        Media(url="https://api.twilio.com/a", content_type="image/jpeg"),
        Media(url="https://api.twilio.com/b", content_type="audio/ogg"),
    )
    assert (event.text, ignored) == ("", [])


@pytest.mark.parametrize("count", ["-1", "one", "1.0", "9999", "²", "1"])
def test_files_that_were_miscounted_do_not_cost_the_message(count: str) -> None:
    event, ignored = read({"NumMedia": count})
    assert (event.media, event.text, ignored) == ((), "oi", ["NumMedia"])


def test_a_shared_place_comes_with_its_name() -> None:
    event, ignored = read(
        {"Latitude": "-23.55", "Longitude": "-46.63", "Label": "Praça", "Address": "Rua A"}
    )
    place = Location(latitude=-23.55, longitude=-46.63, label="Praça", address="Rua A")
    assert (event.location, ignored) == (place, [])


@pytest.mark.parametrize(
    ("latitude", "longitude", "ignored"),
    [
        ("NaN", "0", ["Latitude"]),
        ("0", "inf", ["Longitude"]),
        ("90.1", "0", ["Latitude"]),
        ("0", "-180.1", ["Longitude"]),
        ("norte", "sul", ["Latitude", "Longitude"]),
        ("1", "", []),
        ("", "", []),
    ],
)
def test_a_place_that_is_not_on_earth_is_left_out(
    latitude: str, longitude: str, ignored: list[str]
) -> None:
    event, found = read({"Latitude": latitude, "Longitude": longitude})
    assert (event.location, event.text, found) == (None, "oi", ignored)


@pytest.mark.parametrize(
    ("fields", "text", "button"),
    [
        ({"ButtonText": "Sim", "ButtonPayload": "yes"}, "oi", "yes"),
        ({"Body": "", "ButtonText": "Sim", "ButtonPayload": "yes"}, "Sim", "yes"),
        ({"ListId": "row-1"}, "oi", "row-1"),
        ({}, "oi", ""),
    ],
)
def test_taps_come_as_payload_and_text(fields: dict[str, str], text: str, button: str) -> None:
    event, _ = read(fields)
    assert (event.text, event.button) == (text, button)


def test_a_quoted_message_is_named_if_it_can_be() -> None:
    sid = "SM" + "c" * 32
    assert read({"OriginalRepliedMessageSid": sid})[0].in_reply_to == sid
    event, ignored = read({"OriginalRepliedMessageSid": "x"})
    assert (event.in_reply_to, ignored) == ("", ["OriginalRepliedMessageSid"])


@given(st.dictionaries(st.sampled_from([*FORM, "NumMedia", "Latitude", "Label"]), st.text()))
def test_any_values_are_a_message_or_malformed(fields: dict[str, str]) -> None:
    try:
        outcome = read(fields | {"To": OURS})[0].business
    except MalformedError as malformed:
        outcome = malformed.field
    assert outcome in {OURS, "MessageSid", "From"}


@pytest.mark.parametrize(
    ("code", "read_as", "ignored"),
    [("", None, []), ("0", None, []), ("63016", 63016, []), ("sixty", None, ["ErrorCode"])],
)
def test_an_error_code_that_makes_no_sense_does_not_cost_the_report(
    code: str, read_as: int | None, ignored: list[str]
) -> None:
    fields = {"MessageSid": FORM["MessageSid"], "MessageStatus": "failed", "ErrorCode": code}
    form = Form(list(fields.items()))
    query = Form([("c", str(uuid4())), ("m", str(uuid4())), ("a", "1")])
    report = delivery_reported(form, query, time=NOW, trace="")
    assert not isinstance(report, Aside)
    assert (report.code, report.status, form.ignored) == (read_as, "failed", ignored)
