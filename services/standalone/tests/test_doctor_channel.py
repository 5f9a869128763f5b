"""What `handoff doctor` finds out about Twilio, and about the way back from it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from handoff_standalone.doctor import bot
from handoff_standalone.doctor import twilio as checks
from handoff_standalone.settings import Settings

from .twilio_place import OWN, SID, TOKEN, Twilio, listening
from .world import settings

PUBLIC = "https://shop.example"
HOOK = f"{PUBLIC}/api/twilio/webhook"


@pytest.fixture
async def twilio() -> AsyncGenerator[Twilio]:
    async with listening() as found:
        yield found


def ours(twilio: Twilio, **given: object) -> Settings:
    mine = {
        "twilio_account_sid": SID,
        "twilio_auth_token": TOKEN,
        "twilio_whatsapp_number": OWN,
        "twilio_api_base_url": twilio.base,
        "public_base_url": PUBLIC,
    }
    return settings(**(mine | given))


def simulated() -> Settings:
    return settings()


async def test_credentials_are_tried(twilio: Twilio) -> None:
    assert (await checks.credentials(ours(twilio))).status == "ok"
    wrong = await checks.credentials(ours(twilio, twilio_auth_token="wr0ng"))
    assert (wrong.status, "HTTP 401, error 20003" in wrong.says) == ("failed", True)
    assert TOKEN not in wrong.says
    away = await checks.credentials(ours(twilio, twilio_api_base_url="http://127.0.0.1:1"))
    assert "can't be reached" in away.says
    assert (await checks.credentials(ours(twilio, twilio_auth_token=" "))).status == "failed"


@pytest.mark.parametrize(
    ("calls", "state", "status", "said"),
    [
        (f"{HOOK}#rc=3", "ONLINE", "ok", "known to Twilio"),
        (HOOK, "ONLINE:UPDATING", "ok", "known to Twilio"),
        ("", "ONLINE", "failed", "calls nobody"),
        ("https://old.example/hook", "ONLINE", "failed", "calls https://old.example/hook"),
        (HOOK, "OFFLINE", "failed", "is OFFLINE"),
        (None, "", "failed", "no WhatsApp sender"),
    ],
)
async def test_a_number_is_known_to_twilio_and_calls_us(
    calls: str | None, state: str, status: str, said: str, twilio: Twilio
) -> None:
    if calls is not None:
        twilio.add(OWN, calls=calls, status=state)
    found = await checks.sender(ours(twilio))
    assert (found.status, said in found.says) == (status, True)


async def test_a_list_of_senders_that_is_refused_is_only_a_warning(twilio: Twilio) -> None:
    found = await checks.sender(ours(twilio, twilio_auth_token="wr0ng"))
    assert found.status == "warning"


async def test_the_sandbox_is_said_to_be_one(twilio: Twilio) -> None:
    found = await checks.sender(ours(twilio, twilio_whatsapp_number="+14155238886"))
    assert (found.status, "sandbox" in found.says) == ("warning", True)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (PUBLIC, "ok"),
        ("http://shop.example", "warning"),
        ("https://localhost:8000", "failed"),
        ("", "failed"),
    ],
)
async def test_a_public_address_is_found_from_outside(
    url: str, status: str, twilio: Twilio
) -> None:
    real = ours(twilio, public_base_url=url, twilio_api_base_url="")
    assert (await checks.public_url(real)).status == status


async def test_the_simulator_needs_none_of_it() -> None:
    for look in (checks.credentials, checks.sender, checks.public_url, checks.webhook):
        assert (await look(simulated())).status == "not applicable"
    assert await checks.skew(simulated()) is None


@asynccontextmanager
async def answering(*statuses: int) -> AsyncGenerator[str]:
    """Provide an address that answers so, one request after the other."""
    left = list(statuses)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=left.pop(0))

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("statuses", "status", "said"),
    [
        ((403, 204), "ok", "403 to a stranger"),
        ((200, 204), "failed", "answers 200 to an unsigned request"),
        ((404, 404), "failed", "answers 404 to an unsigned request"),
        ((502, 502), "failed", "answers 502"),
        ((403, 403), "failed", "our own signature is refused"),
        ((403, 503), "failed", "answers 503 to a signed request"),
    ],
)
async def test_the_webhook_refuses_strangers_and_takes_our_signature(
    statuses: tuple[int, int], status: str, said: str, twilio: Twilio
) -> None:
    async with answering(*statuses) as base:
        found = await checks.webhook(ours(twilio, public_base_url=base))
    assert (found.status, said in found.says) == (status, True), found


async def test_a_webhook_that_nobody_answers_is_found(twilio: Twilio) -> None:
    found = await checks.webhook(ours(twilio, public_base_url="http://127.0.0.1:1"))
    assert (found.status, "can't be reached" in found.says) == ("failed", True)
    unset = await checks.webhook(ours(twilio, public_base_url=""))
    assert unset.status == "not applicable"


async def test_twilios_clock_is_read_from_its_answers(twilio: Twilio) -> None:
    skew = await checks.skew(ours(twilio))
    assert skew is not None
    assert abs(skew) < 3
    assert await checks.skew(ours(twilio, twilio_api_base_url="http://127.0.0.1:1")) is None


@pytest.mark.parametrize(
    ("ahead", "status"),
    [
        ({"Twilio": None}, "not applicable"),
        ({"Twilio": 0.6, "the database": None}, "ok"),
        ({"Twilio": 0.6, "the database": -3.0}, "warning"),
        ({"Twilio": -6.0}, "failed"),
    ],
)
def test_clocks_are_compared(ahead: dict[str, float | None], status: str) -> None:
    assert checks.clock(ahead).status == status


@pytest.mark.parametrize(
    ("answered", "status", "said"),
    [
        (200, "ok", "may use gemini-"),
        (400, "failed", "does not accept the key (HTTP 400)"),
        (404, "failed", "has no gemini-"),
        (503, "warning", "HTTP 503"),
    ],
)
async def test_geminis_key_and_model_are_tried(answered: int, status: str, said: str) -> None:
    async with answering(answered) as base:
        mine = settings(google_api_key="s3cret", gemini_api_base_url=base)
        found = await bot.gemini(mine)
    assert (found.status, said in found.says) == (status, True), found
    assert "s3cret" not in str(found)


async def test_a_gemini_that_is_away_is_a_warning() -> None:
    away = settings(google_api_key="s3cret", gemini_api_base_url="http://127.0.0.1:1")
    assert (await bot.gemini(away)).status == "warning"
