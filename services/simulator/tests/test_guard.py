"""Who may write as any customer, and from which page."""

import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from base64 import b64encode
from pathlib import Path

import httpx2
import pytest
from starlette.requests import HTTPConnection

from handoff_common.lifecycle import listening_socket
from handoff_simulator.api.doors import ClosedDoor, PasswordDoor
from handoff_simulator.app import Place, Refusal, SimulatorSettings, create

from .world import CREATE, PHONE, SID, TOKEN, Site, base_of, serving, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = {"Accept": "text/html,*/*;q=0.8"}
PRIVATE = (
    "/", "/setting", "/clock", "/faults", "/phones", f"/phones/{PHONE}/messages", "/trace",
    "/events", "/record", "/requests", "/openapi.json",
)  # fmt: skip

ANYWHERE = "0.0.0.0"  # noqa: S104  # what must be closed


def basic(user: str, secret: str) -> str:
    return f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"


class Bouncer:
    """Sends everybody away to sign in."""

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:
        del visitor, passing
        return Refusal(403, "Sign in.", sign_in="/entrar?para=/simulator/")


async def test_a_closed_door_lets_only_twilios_own_surface_through(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", place=Place(door=ClosedDoor())) as running:
        for path in PRIVATE:
            answer = await running.http.get(path)
            assert answer.status_code == 403
            assert "SIMULATOR_PASSWORD" in answer.json()["detail"]
            assert answer.json()["sign_in"] is None
        written = await running.http.post(f"/phones/{PHONE}/messages", json={"text": "oi"})
        page = await running.http.get("/", headers=HTML)
        assert (written.status_code, page.status_code) == (403, 403)
        assert page.headers["content-type"].startswith("text/plain")
        assert (await running.post()).status_code == 201
        assert (await running.http.get("/healthz")).status_code == 200
        assert (await running.http.get("/readyz")).status_code == 200
        assert (await running.http.get("/samples/photo.jpg")).status_code == 200


async def test_a_password_opens_it_to_who_knows_it(tmp_path: Path) -> None:
    place = Place(door=PasswordDoor("açaí"))
    async with site(tmp_path / "simulator.db", place=place) as running:
        asked = await running.http.get("/phones")
        wrong = await running.http.get("/phones", headers={"Authorization": basic("x", "acai")})
        right = await running.http.get("/phones", headers={"Authorization": basic("x", "açaí")})
        assert (asked.status_code, wrong.status_code, right.status_code) == (401, 401, 200)
        assert asked.headers["www-authenticate"].startswith("Basic ")
        assert (await running.post()).status_code == 201


async def test_browsers_are_sent_to_sign_in_and_programs_are_told_where(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", place=Place(door=Bouncer())) as running:
        page = await running.http.get("/", headers=HTML)
        asked = await running.http.get("/setting")
        assert (page.status_code, page.headers["location"]) == (303, "/entrar?para=/simulator/")
        assert asked.status_code == 403
        assert asked.json() == {"detail": "Sign in.", "sign_in": "/entrar?para=/simulator/"}
        assert asked.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_elsewhere_changes_nothing(simulator: Site, headers: dict[str, str]) -> None:
    for method, path in (
        ("POST", f"/phones/{PHONE}/messages"),
        ("PUT", "/faults"),
        ("POST", "/clock"),
        ("DELETE", "/record"),
    ):
        answer = await simulator.http.request(method, path, headers=headers, json={"text": "oi"})
        assert (answer.status_code, answer.json()["sign_in"]) == (403, None)
    assert (await simulator.http.get("/phones", headers=headers)).json() == []


async def test_our_own_page_may(simulator: Site) -> None:
    origin = simulator.base.removesuffix("/simulator")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    answer = await simulator.http.put("/faults", headers=headers, json={})
    assert answer.status_code == 200


async def test_a_page_behind_a_proxy_is_ours_if_it_was_said_to_be(tmp_path: Path) -> None:
    place = Place(origins=("https://shop.example/x",))
    async with site(tmp_path / "simulator.db", place=place) as running:
        for origin, status in (("https://shop.example", 200), ("https://evil.example", 403)):
            answer = await running.http.put("/faults", headers={"Origin": origin}, json={})
            assert answer.status_code == status


async def test_a_name_that_a_web_page_could_have_is_no_name_of_ours(simulator: Site) -> None:
    for host, status in (
        ("rebound.example", 403),
        ("", 403),
        ("localhost:8010", 200),
        ("simulator:8010", 200),
        ("192.168.1.5:8010", 200),
        ("[::1]:8010", 200),
    ):
        answer = await simulator.http.get("/phones", headers={"Host": host})
        assert answer.status_code == status, host


async def test_whoever_asks_twilio_may_call_us_what_they_like(simulator: Site) -> None:
    headers = {"Host": "api.twilio.example", "Origin": "https://x.example"}
    answer = await simulator.http.get(CREATE, headers=headers, auth=(SID, TOKEN))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({}, 200),
        ({"PUBLIC_BASE_URL": "https://shop.example"}, 403),
        ({"PUBLIC_BASE_URL": "https://shop.example", "SIMULATOR_ACCESS": "open"}, 403),
        ({"PUBLIC_BASE_URL": "https://shop.example", "SIMULATOR_PASSWORD": "segredo"}, 401),
        ({"HOST": ANYWHERE}, 403),
        ({"HOST": ANYWHERE, "SIMULATOR_ACCESS": "open"}, 200),
    ],
)
async def test_the_settings_decide(
    variables: dict[str, str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
    for name, value in (account | {"HANDOFF_HOME": str(tmp_path)} | variables).items():
        monkeypatch.setenv(name, value)
    settings = SimulatorSettings.model_validate({})
    sock = listening_socket("127.0.0.1", 0)
    base = base_of(sock)
    async with (
        create(settings) as app,
        serving(app, sock),
        httpx2.AsyncClient(base_url=base) as client,
    ):
        assert (await client.get("/phones")).status_code == status
        headers = {"Authorization": basic("any", "segredo")}
        knowing = await client.get("/phones", headers=headers)
        assert knowing.status_code == (200 if status == 401 else status)


async def test_an_access_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    environment = {**os.environ, "SIMULATOR_ACCESS": "wide", "TWILIO_ACCOUNT_SID": SID}
    process = await create_subprocess_exec(
        sys.executable, "-m", "handoff_simulator", env=environment, cwd=tmp_path, stderr=PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"SIMULATOR_ACCESS" in said
