"""The console's files and pages, and the description of the API."""

import base64
import gzip
import hashlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from handoff_common.web.page import PRESSABLE

from .world import World, world

INLINE = "document.documentElement.dataset.theme='dark'"
INDEX = f"<!doctype html><html><script>{INLINE}</script><script src='/x.js'></script></html>"
SCRIPT = "console.log('oi');" * 200
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def built(schema: Path, tmp_path: Path) -> AsyncGenerator[World]:
    console = tmp_path / "console"
    (console / "assets").mkdir(parents=True)
    (console / "index.html").write_text(INDEX)
    (console / "icon.svg").write_text("<svg/>")
    (console / "assets" / "index-Ab3_dE5x.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("secret")
    async with world(schema, tmp_path / "handoff.db", console=console) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/entrar", "/conversas/minhas/0190", "/simulador", "/novo"])
async def test_every_page_is_the_one_page(built: World, path: str) -> None:
    answer = await built.browser().get(path, headers=PAGE)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_page_may_load_nothing_from_elsewhere_and_run_only_what_was_built(
    built: World,
) -> None:
    policy = (await built.browser().get("/", headers=PAGE)).headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'self'; script-src 'self' 'sha256-{digest}';")
    assert f"style-src 'self' '{PRESSABLE}';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_a_file_with_its_hash_in_its_name_is_kept_for_ever(built: World) -> None:
    browser = built.browser()
    answer = await browser.get("/assets/index-Ab3_dE5x.js")
    icon = await browser.get("/icon.svg")
    assert answer.text == SCRIPT
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert icon.headers["cache-control"] == "no-cache"
    assert icon.headers["content-type"] == "image/svg+xml"


async def test_what_can_be_smaller_goes_compressed_to_who_takes_it(built: World) -> None:
    path = "/assets/index-Ab3_dE5x.js"
    async with built.browser().stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
        body = b"".join([chunk async for chunk in packed.aiter_raw()])
    plain = await built.browser().get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(body).decode() == SCRIPT
    assert "content-encoding" not in plain.headers


async def test_what_a_browser_has_is_not_sent_again(built: World) -> None:
    browser = built.browser()
    first = await browser.get("/icon.svg")
    again = await browser.get("/icon.svg", headers={"If-None-Match": first.headers["etag"]})
    head = await browser.head("/icon.svg")
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.headers["content-length"]) == (200, "6")
    assert head.content == b""


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/assets/gone-12345678.js", "*/*"),
        ("/api/gone", "text/html"),
        ("/../secret.txt", "*/*"),
        ("/%2e%2e/secret.txt", "*/*"),
        ("/entrar", "application/json"),
    ],
)
async def test_what_is_not_there_is_no_page(built: World, path: str, accept: str) -> None:
    answer = await built.browser().get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_nothing_is_written_to_a_page(built: World) -> None:
    assert (await built.browser().post("/entrar", headers=PAGE)).status_code == 404


async def test_without_a_build_a_text_says_so(schema: Path, tmp_path: Path) -> None:
    async with world(schema, tmp_path / "handoff.db", console=tmp_path) as house:
        answer = await house.browser().get("/", headers=PAGE)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert "not built" in answer.text


async def test_the_api_describes_itself_and_loads_nothing_for_it(house: World) -> None:
    browser = house.browser()
    document = (await browser.get("/openapi.json")).json()
    page = await browser.get("/docs")
    assert document["openapi"].startswith("3.")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha")
    assert "<script" not in page.text
    assert "src=" not in page.text
    missing = [path for path in document["paths"] if path not in page.text]
    assert missing == []
    assert [name for name in document["components"]["schemas"] if name not in page.text] == []


async def test_the_description_names_the_events_of_the_feed(house: World) -> None:
    document = (await house.browser().get("/openapi.json")).json()
    answer = document["paths"]["/api/feed"]["get"]["responses"]["200"]["content"]
    assert list(answer) == ["text/event-stream"]
    assert json.dumps(answer).count("FeedEvent") == 1
    told = document["components"]["schemas"]["FeedEvent"]["discriminator"]["mapping"]
    assert set(told) == {"hello", "clock", "conversation", "resync", "session"}
