"""`handoff twilio configure`: what to enter at Twilio, and entering it."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
from typer.testing import Result

from handoff_standalone.channel.addresses import SANDBOX, addresses

from .twilio_place import OWN, SID, TOKEN, Twilio, listening
from .world import Terminal

PUBLIC = "https://shop.example"
WHERE = addresses(PUBLIC)


@pytest.fixture
async def twilio() -> AsyncGenerator[Twilio]:
    async with listening() as found:
        yield found


async def configured(handoff: Terminal, twilio: Twilio, *more: str, **given: str) -> Result:
    environment = {
        "PUBLIC_BASE_URL": PUBLIC,
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_NUMBER": OWN,
        "TWILIO_API_BASE_URL": twilio.base,
    }
    command = ("twilio", "configure", *more)
    return await asyncio.to_thread(handoff.run, *command, **(environment | given))


def test_the_addresses_are_printed_with_retries_and_without_an_account(handoff: Terminal) -> None:
    said = handoff.done("twilio", "configure", PUBLIC_BASE_URL=f"{PUBLIC}/")
    assert f"{PUBLIC}/api/twilio/webhook#rc=3&rp=all&ct=2000&rt=5000\n" in said
    assert f"{PUBLIC}/api/twilio/status#rc=3&rp=all&ct=2000&rt=5000\n" in said
    assert "sandbox settings" in said
    found = json.loads(handoff.done("twilio", "configure", "--json", PUBLIC_BASE_URL=PUBLIC))
    assert found == {
        "webhook": WHERE.webhook,
        "fallback": f"{PUBLIC}/api/twilio/webhook",
        "status_callback": WHERE.status_callback,
        "method": "POST",
        "numbers": [SANDBOX],
    }


def test_without_a_public_address_there_is_nothing_to_enter(handoff: Terminal) -> None:
    assert "PUBLIC_BASE_URL is not set" in handoff.refused("twilio", "configure")


def test_an_address_without_encryption_is_warned_of(handoff: Terminal) -> None:
    result = handoff.run("twilio", "configure", PUBLIC_BASE_URL="http://shop.example")
    assert (result.exit_code, "not https" in result.stderr) == (0, True)


def test_entering_it_needs_an_account(handoff: Terminal) -> None:
    result = handoff.run("twilio", "configure", "--apply", PUBLIC_BASE_URL=PUBLIC)
    assert (result.exit_code, "TWILIO_AUTH_TOKEN" in result.stderr) == (2, True)


async def test_a_number_of_ones_own_is_told_and_nothing_else_of_it_changes(
    handoff: Terminal, twilio: Twilio
) -> None:
    twilio.add("whatsapp:+551130000009", calls="https://another.example")
    twilio.add(OWN)
    result = await configured(handoff, twilio, "--apply", "--json")
    assert result.exit_code == 0
    [told] = json.loads(result.stdout)["applied"]
    assert told == {"number": OWN, "sandbox": False, "applied": True, "reason": ""}
    assert twilio.bodies == [
        {
            "webhook": {
                "callback_url": WHERE.webhook,
                "callback_method": "POST",
                "fallback_url": WHERE.fallback,
                "fallback_method": "POST",
                "status_callback_url": WHERE.status_callback,
                "status_callback_method": "POST",
            }
        }
    ]


async def test_the_sandbox_is_said_to_have_no_api(handoff: Terminal, twilio: Twilio) -> None:
    twilio.add(OWN)
    both = f"{SANDBOX},{OWN}"
    result = await configured(handoff, twilio, "--apply", TWILIO_WHATSAPP_NUMBER=both)
    assert result.exit_code == 1
    assert f"{SANDBOX}: not told: the sandbox has no API" in result.stdout
    assert f"{OWN}: told" in result.stdout


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("unknown", "no such WhatsApp sender"),
        ("refuses", "HTTP 400, error 63100"),
        ("keeps", "keeps another webhook: https://old.example"),
    ],
)
async def test_what_twilio_does_not_take_is_said_and_is_a_failure(
    trouble: str, said: str, handoff: Terminal, twilio: Twilio
) -> None:
    if trouble != "unknown":
        twilio.add(OWN, calls="https://old.example")
    twilio.refuses, twilio.keeps = trouble == "refuses", trouble == "keeps"
    result = await configured(handoff, twilio, "--apply")
    assert result.exit_code == 1
    assert said in result.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TWILIO_AUTH_TOKEN": "wr0ng"}, "credentials are not accepted (HTTP 401, error 20003)"),
        ({"TWILIO_API_BASE_URL": "http://127.0.0.1:1"}, "can't be reached"),
    ],
)
async def test_an_account_that_does_not_answer_is_named_without_its_secrets(
    given: dict[str, str], said: str, handoff: Terminal, twilio: Twilio
) -> None:
    result = await configured(handoff, twilio, "--apply", **given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert "wr0ng" not in result.output
    assert TOKEN not in result.output
