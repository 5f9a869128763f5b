"""What Twilio refuses before it accepts a message, and with which code."""

import pytest

from handoff_simulator.domain.account import channel_address
from handoff_simulator.domain.creation import Draft, drafted
from handoff_simulator.domain.message import Media
from handoff_simulator.domain.problem import Problem

from .world import ACCOUNT, KEY, OURS, SECRET, SID, THEIRS, TOKEN

GOOD = {"To": [THEIRS], "From": [OURS], "Body": ["olá"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": []}, 21604),
        ({"To": [""]}, 21604),
        ({"To": ["whatsapp:5511"]}, 21211),
        ({"To": ["whatsapp:+0123456789"]}, 21211),
        ({"To": ["whatsapp:br.1"]}, 21211),
        ({"To": ["+5511999990001"]}, 21910),
        ({"From": []}, 21603),
        ({"From": ["whatsapp:+14155550000"]}, 63007),
        ({"From": ["+14155238886"]}, 63007),
        ({"To": [OURS]}, 63031),
        ({"MessagingServiceSid": ["MG" + "0" * 32]}, 21701),
        ({"Body": []}, 21602),
        ({"Body": [""]}, 21602),
        ({"Body": ["x" * 1601]}, 21617),
        ({"ContentSid": ["HX" + "0" * 32]}, 21655),
        ({"StatusCallback": ["not a url"]}, 21609),
        ({"StatusCallback": ["ftp://shop.example/status"]}, 21609),
        ({"StatusCallback": ["http:///status"]}, 21609),
        ({"StatusCallback": ["http://under_score.example/"]}, 21609),
        ({"StatusCallback": ["http://shop.example:port/"]}, 21609),
        ({"MediaUrl": ["https://shop.example/a.jpg"] * 11}, 21623),
        ({"MediaUrl": ["shop.example/a.jpg"]}, 21620),
    ],
)
def test_a_bad_request_is_refused_with_twilios_code(
    change: dict[str, list[str]], code: int
) -> None:
    refused = drafted({**GOOD, **change}, ACCOUNT)

    assert isinstance(refused, Problem)
    assert (refused.code, refused.status) == (code, 400)
    assert refused.body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"


@pytest.mark.parametrize(
    "change",
    [
        {"Body": ["x" * 1600]},
        {"To": ["whatsapp:BR.1A2b3C"]},
        {"StatusCallback": ["https://shop.example/status?m=1&a=1#rc=2"]},
        {"Body": [], "MediaUrl": ["https://shop.example/a.jpg"]},
    ],
)
def test_what_twilio_takes_is_taken(change: dict[str, list[str]]) -> None:
    assert isinstance(drafted({**GOOD, **change}, ACCOUNT), Draft)


def test_a_draft_has_what_the_form_says() -> None:
    form = {
        **GOOD,
        "MediaUrl": ["https://a.example/1", ""],
        "StatusCallback": ["https://b.example"],
    }

    assert drafted(form, ACCOUNT) == Draft(
        sender=OURS,
        recipient=THEIRS,
        body="olá",
        media=(Media("https://a.example/1"),),
        callback="https://b.example",
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+5511999990001", THEIRS),
        (THEIRS, THEIRS),
        ("BR.1A2b", "whatsapp:BR.1A2b"),
        ("5511999990001", None),
        ("whatsapp:", None),
    ],
)
def test_a_customer_is_a_number_or_an_identity(text: str, address: str | None) -> None:
    assert channel_address(text) == address


def test_the_account_and_its_keys_are_let_in_and_nobody_else() -> None:
    assert ACCOUNT.admits(SID, TOKEN)
    assert ACCOUNT.admits(KEY, SECRET)
    assert not ACCOUNT.admits(SID, SECRET)
    assert not ACCOUNT.admits(KEY, TOKEN)
    assert not ACCOUNT.admits("", "")


def test_secrets_are_not_shown() -> None:
    assert TOKEN not in repr(ACCOUNT)
    assert SECRET not in repr(ACCOUNT)
