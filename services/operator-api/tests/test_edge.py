"""What holds for every route: no stranger, no other page, nothing big, nothing cached."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import structlog

from handoff_operator_api.app import Site, openapi, service

from .world import CONSOLE, PASSWORD, World, key, sign_in

MARKER = "Maria-do-Socorro-5511987654321"
ROUTES = [
    (method.upper(), path, operation)
    for path, methods in openapi()["paths"].items()
    for method, operation in methods.items()
]
PROTECTED = [(method, path) for method, path, operation in ROUTES if "security" in operation]
WRITING = [(method, path) for method, path, _ in ROUTES if method != "GET"]


def _filled(path: str) -> str:
    for name in ("conversation_id", "message_id", "command_id"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


def test_only_signing_in_is_open_to_strangers() -> None:
    opened = {(method, path) for method, path, _ in ROUTES} - set(PROTECTED)

    assert opened == {("POST", "/api/session")}
    assert len(PROTECTED) == 17


@pytest.mark.parametrize(("method", "path"), PROTECTED)
async def test_nobody_unknown_gets_in(house: World, method: str, path: str) -> None:
    for cookie in ("", "__Host-handoff=", "__Host-handoff=x", "handoff=x"):
        response = await house.browser().request(
            method, _filled(path), json={}, headers={**key(), "Cookie": cookie}
        )

        assert response.status_code == 401
        assert response.json()["type"] == "urn:handoff:signed-out"
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["www-authenticate"]
        assert response.headers["cache-control"] == "no-store"
    assert house.router.asked == []


@pytest.mark.parametrize(("method", "path"), WRITING)
async def test_no_other_page_changes_anything(house: World, method: str, path: str) -> None:
    _, browser = await house.signed_in()

    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": CONSOLE + ".evil.example"},
    ):
        response = await browser.request(
            method, _filled(path), json={}, headers={**key(), **headers}
        )
        assert (response.status_code, response.json()["type"]) == (403, "urn:handoff:foreign-page")
    assert (await browser.get("/api/session")).status_code == 200


async def test_a_program_without_a_page_may_sign_in(house: World) -> None:
    await house.operator()
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=house.app), base_url=CONSOLE
    ) as curl:
        assert (await sign_in(curl, "helena@shop.example")).status_code == 200


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 4096


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(("chunks", "status"), [(17, 413), (16, 422)])
async def test_a_body_has_a_limit_announced_or_not(
    house: World, *, announced: bool, chunks: int, status: int
) -> None:
    body: Any = b"x" * 4096 * chunks if announced else _chunks(chunks)

    response = await house.browser().post(
        "/api/session", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 30000,
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"email": NaN, "password": "x"}',
        b'{"email": 1' + b"0" * 5000 + b', "password": "x"}',
        b'{"email": {"$ne": ""}, "password": "x"}',
        b'{"email": "a\\u0000@b", "password": "x"}',
        b'{"email": "a\\ud800@b", "password": "x"}',
        b'{"email": "a@b", "password": "\\ud800"}',
        b'{"email": "a@b", "password": "x", "role": "admin"}',
        b'{"email": "' + b"a" * 300 + b'", "password": "x"}',
        b'{"email": "a@b", "password": "' + b"a" * 1025 + b'"}',
        b'{"email": "a@b"}',
    ],
)
async def test_what_is_no_sign_in_is_a_clear_error(house: World, body: bytes) -> None:
    response = await house.browser().post(
        "/api/session", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_read(house: World, kind: str) -> None:
    await house.operator()
    body = json.dumps({"email": "helena@shop.example", "password": PASSWORD})

    response = await house.browser().post(
        "/api/session", content=body, headers={"Content-Type": kind}
    )

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/session/", 404),
        ("PUT", "/api/session", 405),
        ("OPTIONS", "/api/conversations", 405),
        ("POST", "/api/conversations", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    house: World, method: str, path: str, status: int
) -> None:
    response = await house.browser().request(method, path)

    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_health_says_what_is_away(house: World) -> None:
    browser = house.browser()
    assert (await browser.get("/healthz")).status_code == 200
    assert (await browser.get("/readyz")).json() == {"status": "ok", "away": []}

    house.router.is_away = True

    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()["away"]) == (503, ["broker"])


async def test_a_bug_is_a_500_that_says_nothing_and_a_log_that_says_where(house: World) -> None:
    _, browser = await house.signed_in()
    house.router.answer = {"owner": "human"}

    async def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError(MARKER)

    house.router.request = broken  # the fake, not our code
    conversation = await house.conversation()
    with structlog.testing.capture_logs() as logs:
        response = await browser.post(
            f"/api/conversations/{conversation}/claim", json={"epoch": 1}, headers=key()
        )

    assert response.status_code == 500
    assert response.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
    }
    assert [entry["event"] for entry in logs] == ["request.failed"]


async def test_no_log_holds_what_people_wrote_or_who_they_are(house: World) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation(customer=MARKER, preview=MARKER, note=MARKER)
    await house.message(conversation, 1, text=MARKER)
    path = f"/api/conversations/{conversation}"

    with structlog.testing.capture_logs() as logs:
        await sign_in(house.browser(), f"{MARKER}@b", MARKER)
        await sign_in(browser, "helena@shop.example")
        await browser.get(path)
        await browser.get(f"{path}/messages")
        for body in (
            {"epoch": 1, "seq": 1, "text": MARKER},
            {"epoch": 1, "seq": 1, "text": MARKER, MARKER: MARKER},
            {"epoch": MARKER, "seq": 1, "text": MARKER},
        ):
            response = await browser.post(f"{path}/reply", json=body, headers=key())
            assert MARKER not in response.text
        await browser.get(f"/{MARKER}")
        house.router.is_away = True
        await browser.post(f"{path}/return", json={"epoch": 1, "note": MARKER}, headers=key())
        await browser.delete("/api/session")

    assert len(logs) >= 5
    assert MARKER.lower() not in repr(logs).lower()
    assert "helena" not in repr(logs).lower()


async def test_no_answer_shows_a_hash_or_a_token(house: World) -> None:
    _, browser = await house.signed_in()
    conversation = await house.conversation(owner="waiting")
    await house.message(conversation, 1)

    for path in (
        "/api/session",
        "/api/conversations",
        f"/api/conversations/{conversation}",
        f"/api/conversations/{conversation}/messages",
        "/api/changes?since=2026-01-01T00:00:00Z",
    ):
        text = (await browser.get(path)).text.lower()
        assert not any(word in text for word in ("argon2", "hash", "token", "password"))


async def test_an_event_carries_the_trace_that_came_with_the_request(house: World) -> None:
    _, browser = await house.signed_in()
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    header = {"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}

    await browser.post(
        f"/api/conversations/{await house.conversation()}/claim",
        json={"epoch": 1},
        headers={**key(), **header},
    )

    assert house.router.asked[0].trace.split("-")[1] == trace_id


@pytest.mark.parametrize("origins", [[], ["console.example"]])
async def test_without_a_proper_origin_the_service_does_not_start(
    house: World, origins: list[str]
) -> None:
    starting = service(
        database=house.database, broker=house.router, redis=house.redis, site=Site(origins)
    )
    with pytest.raises(ValueError, match="origin"):
        async with starting:
            pass
