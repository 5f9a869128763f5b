"""What is no command: refused with the name of the rule, never with a word of the content."""

from typing import Any
from uuid import uuid4

import pytest

from .world import World, command_path, key, reply


@pytest.mark.parametrize(
    "name",
    [
        {},
        {"Idempotency-Key": "short"},
        {"Idempotency-Key": "x" * 129},
        {"Idempotency-Key": "tab\tin it"},
    ],
)
async def test_a_click_needs_a_key(house: World, name: dict[str, str]) -> None:
    _, browser = await house.signed_in()

    response = await reply(browser, await house.conversation(), name)

    assert response.status_code == 422
    assert response.json()["faults"][0]["field"] == "header.Idempotency-Key"


@pytest.mark.parametrize("name", ["8 chars!", "x" * 128])
async def test_any_printable_key_will_do(house: World, name: str) -> None:
    _, browser = await house.signed_in()

    response = await reply(browser, await house.conversation(), {"Idempotency-Key": name})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"text": ""}, "body.text"),
        ({"text": " \n\t"}, "body.text"),
        ({"text": "x" * 4097}, "body.text"),
        ({"text": "nul \0"}, "body.text"),
        ({"text": "lone \ud800"}, "body.text"),
        ({"text": None}, "body.text"),
        ({"text": ["Olá"]}, "body.text"),
        ({"epoch": -1}, "body.epoch"),
        ({"epoch": "4"}, "body.epoch"),
        ({"epoch": True}, "body.epoch"),
        ({"epoch": 2**31}, "body.epoch"),
        ({"seq": 1.5}, "body.seq"),
        ({"operator_id": str(uuid4())}, "body"),
        ({"Maria Silva": 1}, "body"),
    ],
)
async def test_a_wrong_reply_is_refused_and_not_quoted(
    house: World, differs: dict[str, Any], field: str
) -> None:
    _, browser = await house.signed_in()

    response = await reply(browser, await house.conversation(), key(), **differs)

    assert response.status_code == 422
    assert {fault["field"] for fault in response.json()["faults"]} == {field}
    assert not any(name in response.text for name in ("lone", "Maria", "Olá"))
    assert house.router.asked == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("close", {"epoch": 1}),
        ("close", {"epoch": 1, "outcome": "excellent"}),
        ("close", {"epoch": 1, "outcome": "resolved", "note": "n" * 2001}),
        ("return", {"epoch": 1, "note": "\0"}),
        ("claim", {}),
        ("claim", {"epoch": 1, "operator_id": str(uuid4())}),
        ("messages/17/decide", {"epoch": 1, "resend": True}),
        (f"messages/{uuid4()}/decide", {"epoch": 1, "resend": "yes"}),
    ],
)
async def test_wrong_commands_are_refused(house: World, action: str, body: dict[str, Any]) -> None:
    _, browser = await house.signed_in()

    response = await browser.post(
        command_path(await house.conversation(), action), json=body, headers=key()
    )

    assert response.status_code == 422
    assert house.router.asked == []


async def test_a_reply_of_full_length_is_not_too_long(house: World) -> None:
    _, browser = await house.signed_in()

    response = await reply(browser, await house.conversation(), key(), text="ã" * 4096)

    assert response.status_code == 200
