"""What ingress makes of its environment, and its HTTP face as a whole."""

from collections.abc import AsyncGenerator, Mapping, Sequence

import httpx2
import pytest
from pydantic import SecretStr

from handoff_common.errors import AwayError
from handoff_common.events import BaseEvent
from handoff_ingress.api.twilio import MESSAGE_PATHS, STATUS_PATH
from handoff_ingress.app import service
from handoff_ingress.settings import Settings


def settings(**changed: str) -> Settings:
    values: Mapping[str, str] = {
        "public_base_url": "https://shop.example",
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "current",
        "twilio_whatsapp_number": "whatsapp:+14155238886, whatsapp:+5511000000000,",
    } | changed
    return Settings.model_validate(values)


def test_one_variable_may_hold_several_numbers() -> None:
    assert settings().businesses == {"whatsapp:+14155238886", "whatsapp:+5511000000000"}


def test_the_previous_token_is_optional_and_the_current_one_is_not_skipped_when_empty() -> None:
    assert settings().auth_tokens == ["current"]
    assert settings(twilio_auth_token="").auth_tokens == [""]
    assert settings(twilio_auth_token_previous="old").auth_tokens == ["current", "old"]
    assert isinstance(settings().twilio_auth_token, SecretStr)
    assert "current" not in repr(settings())


class AwayBroker:
    """A broker that can't be reached."""

    async def publish(self, events: Sequence[BaseEvent]) -> None:
        raise AwayError(str(len(events)))

    async def ping(self) -> None:
        raise AwayError("ping")


@pytest.fixture
async def http() -> AsyncGenerator[httpx2.AsyncClient]:
    ours = settings()
    running = service(
        broker=AwayBroker(),
        public_base_url=ours.public_base_url,
        auth_tokens=ours.auth_tokens,
        account_sid=ours.twilio_account_sid,
        businesses=ours.businesses,
    )
    async with running as app:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
            yield http


async def test_the_service_is_alive_but_not_ready_while_the_broker_is_away(
    http: httpx2.AsyncClient,
) -> None:
    assert (await http.get("/healthz")).status_code == 200
    assert (await http.get("/readyz")).json() == {"status": "away", "away": ["broker"]}


@pytest.mark.parametrize("path", [*MESSAGE_PATHS, STATUS_PATH])
async def test_any_other_method_is_not_allowed_and_no_other_path_redirects(
    http: httpx2.AsyncClient, path: str
) -> None:
    assert (await http.get(path)).status_code == 405
    assert (await http.put(path, content="")).status_code == 405
    assert (await http.post(path + "/")).status_code == 404
