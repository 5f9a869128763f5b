"""Time travel: the phones and the window go, Twilio's own dates stay."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from handoff_common.clock import Clock
from handoff_simulator.app import Place

from .world import CREATE, PHONE, SID, THEIRS, TOKEN, Moments, Site, site, until

DAY = 86_400
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def forward(running: Site, seconds: int) -> dict[str, Any]:
    answer = await running.http.post("/clock", json={"forward_seconds": seconds})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_clock_goes_forward_and_stays_there_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "simulator.db"
    async with site(path, clock=Clock(Moments(NOON))) as running:
        before = (await running.http.get("/clock")).json()
        moved = await forward(running, DAY)
        again = await forward(running, 60)
    assert before == {"now": "2026-03-01T12:00:00Z", "ahead_seconds": 0, "travels": "channel"}
    assert moved == {"now": "2026-03-02T12:00:00Z", "ahead_seconds": DAY, "travels": "channel"}
    assert again["ahead_seconds"] == DAY + 60

    clock = Clock()
    async with site(path, clock=clock) as running:
        assert (await running.http.get("/clock")).json()["ahead_seconds"] == DAY + 60
        assert clock.ahead == timedelta(seconds=DAY + 60)
        await running.http.delete("/record")
        assert (await running.http.get("/clock")).json()["ahead_seconds"] == DAY + 60


@pytest.mark.parametrize("seconds", [0, -1, 604_801, 1.5, "x", None])
async def test_a_clock_never_goes_back_nor_too_far_at_once(tmp_path: Path, seconds: object) -> None:
    async with site(tmp_path / "simulator.db") as running:
        answer = await running.http.post("/clock", json={"forward_seconds": seconds})
        assert answer.status_code == 422
        assert (await running.http.get("/clock")).json()["ahead_seconds"] == 0


async def test_a_clock_does_not_leave_the_calendar(tmp_path: Path) -> None:
    clock = Clock()
    clock.move_to(timedelta(days=3650))
    async with site(tmp_path / "simulator.db", place=Place(clock=clock)) as running:
        answer = await running.http.post("/clock", json={"forward_seconds": 1})
        assert (answer.status_code, answer.json()["detail"]) == (
            409,
            "the clock goes 3650 days ahead at most",
        )


async def test_phones_show_the_moved_time_and_twilios_api_the_machines(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", clock=Clock(Moments(NOON))) as running:
        await running.write("antes")
        await forward(running, DAY)
        await running.write("depois")
        shown = (await running.http.get(f"/phones/{PHONE}/messages")).json()["messages"]
        answer = await running.http.get(CREATE, params={"From": THEIRS}, auth=(SID, TOKEN))
    assert [message["created_at"] for message in shown] == [
        "2026-03-01T12:00:00Z",
        "2026-03-02T12:00:00Z",
    ]
    assert [message["sent_at"] for message in shown] == [m["created_at"] for m in shown]
    dates = {
        parsedate_to_datetime(message[name])
        for message in answer.json()["messages"]
        for name in ("date_created", "date_sent", "date_updated")
    }
    assert dates == {NOON}


async def test_the_window_closes_with_the_moved_time_over_restarts_too(tmp_path: Path) -> None:
    path = tmp_path / "simulator.db"
    async with site(path) as running:
        await running.write("oi")
        await forward(running, DAY - 60)
        await running.post(Body="dentro", StatusCallback=running.callback())
        await until(lambda: len(running.product.callbacks) == 2)
        await forward(running, 60)
    async with site(path) as running:
        await running.post(Body="fora", StatusCallback=running.callback())
        heard = running.product.callbacks
        await until(lambda: len(heard) == 1)
        assert (heard[0].status, heard[0].form["ErrorCode"]) == ("failed", "63016")
        await running.write("voltei")
        await running.post(Body="de novo dentro", StatusCallback=running.callback())
        await until(lambda: len(heard) == 3)
        assert heard[2].status == "delivered"


async def test_a_record_of_an_older_release_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "simulator.db"
    async with site(path) as running:
        await running.write("oi")
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE messages DROP COLUMN ahead")
        db.execute("DROP TABLE clock")
        db.commit()
    async with site(path) as running:
        [kept] = (await running.http.get(f"/phones/{PHONE}/messages")).json()["messages"]
        assert kept["body"] == "oi"
        await forward(running, 60)
        await running.write("ainda aqui")
