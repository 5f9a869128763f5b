"""The page, what it is told first, and the files that customers send."""

from datetime import datetime
from pathlib import Path

import pytest

from handoff_common.clock import Clock
from handoff_simulator.app import Place

from .world import OURS, PHONE, Site, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = {"Accept": "text/html,*/*;q=0.8"}
INDEX = "<!doctype html><script type=module src=./assets/app-Ab3_dE5x.js></script>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "app-Ab3_dE5x.js").write_text("1")
    return folder


async def test_the_page_is_at_the_root_with_its_files_and_a_policy(
    built: Path, tmp_path: Path
) -> None:
    async with site(tmp_path / "simulator.db", place=Place(page=built)) as running:
        page = await running.http.get("/", headers=HTML)
        script = await running.http.get("/assets/app-Ab3_dE5x.js")
        missing = await running.http.get("/assets/gone.js")
        assert (page.status_code, page.text) == (200, INDEX)
        assert page.headers["content-security-policy"].startswith("default-src 'self';")
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-cache"
        assert script.headers["cache-control"].endswith("immutable")
        assert missing.status_code == 404


async def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    place = Place(page=tmp_path / "nothing")
    async with site(tmp_path / "simulator.db", place=place) as running:
        page = await running.http.get("/", headers=HTML)
        asked = await running.http.get("/")
        assert (page.status_code, asked.status_code) == (503, 503)
        assert "make web" in page.text
        assert "make web" in asked.json()["detail"]
        assert (await running.http.get("/phones")).status_code == 200


async def test_alone_it_shows_twilios_side_and_slows_nobody(simulator: Site) -> None:
    setting = (await simulator.http.get("/setting")).json()
    assert datetime.fromisoformat(setting.pop("now")).tzinfo is not None
    assert setting == {
        "businesses": [
            {"number": OURS, "name": "+14155238886"},
            {"number": "whatsapp:+14155238887", "name": "+14155238887"},
        ],
        "console": None,
        "api_docs": None,
        "travels": "channel",
        "slows_bot": False,
        "traces": False,
        "same_browser": False,
    }
    refused = await simulator.http.put("/faults", json={"bot_delay_ms": 1})
    assert (refused.status_code, "bot" in refused.json()["detail"]) == (422, True)
    assert (await simulator.http.put("/faults", json={"bot_delay_ms": 0})).status_code == 200


@pytest.mark.parametrize(
    ("console", "docs", "same"),
    [("/", "/docs", True), ("https://console.example/", "https://console.example/docs", False)],
)
async def test_inside_the_product_it_says_so(
    console: str, docs: str, *, same: bool, tmp_path: Path
) -> None:
    place = Place(clock=Clock(), travels="product", slows_bot=True, console=console, name="Padaria")
    async with site(tmp_path / "simulator.db", place=place) as running:
        setting = (await running.http.get("/setting")).json()
        assert (setting["console"], setting["api_docs"]) == (console, docs)
        assert (setting["travels"], setting["slows_bot"]) == ("product", True)
        assert setting["same_browser"] is same
        assert {business["name"] for business in setting["businesses"]} == {"Padaria"}
        delayed = await running.http.put("/faults", json={"bot_delay_ms": 15_000})
        assert delayed.json()["bot_delay_ms"] == 15_000
        assert (await running.http.put("/faults", json={"bot_delay_ms": 60_001})).status_code == 422


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("photo.jpg", "image/jpeg", b"\xff\xd8\xff"),
        ("voice.ogg", "audio/ogg", b"OggS"),
        ("menu.pdf", "application/pdf", b"%PDF-"),
    ],
)
async def test_samples_are_real_files_that_a_customer_can_send(
    simulator: Site, name: str, kind: str, begins: bytes
) -> None:
    answer = await simulator.http.get(f"/samples/{name}")
    assert (answer.headers["content-type"], answer.content[: len(begins)]) == (kind, begins)
    assert 500 < len(answer.content) < 40_000
    media = [{"url": f"{simulator.base}/samples/{name}", "content_type": kind}]
    await simulator.write("", media=media)
    [heard] = simulator.product.webhooks
    assert (heard.form["MediaContentType0"], heard.form["NumMedia"]) == (kind, "1")
    [shown] = (await simulator.http.get(f"/phones/{PHONE}/messages")).json()["messages"]
    assert shown["media"] == media


@pytest.mark.parametrize("name", ["other.jpg", "..%2Fapp.py", "%2e%2e/app.py"])
async def test_nothing_else_is_a_sample(simulator: Site, name: str) -> None:
    assert (await simulator.http.get(f"/samples/{name}")).status_code == 404
