"""What a page sees of Twilio's side: the trace, and the stream of what happens."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from handoff_simulator.app import Place, Refusal
from handoff_simulator.domain.chronicle import KEPT

from .events import following
from .world import PHONE, THEIRS, Site, site, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONVERSATION = "0190c1f2-0000-7000-8000-000000000001"


async def trace(running: Site, **query: object) -> list[dict[str, Any]]:
    params = {name: str(value) for name, value in query.items()}
    answer = await running.http.get("/trace", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


async def now(running: Site) -> int:
    """Return the number of what happened last."""
    entries = await trace(running)
    return entries[-1]["number"] if entries else 0


async def test_a_customers_message_leaves_its_steps(simulator: Site) -> None:
    after = await now(simulator)
    written = await simulator.write("oi", profile_name="Ana")
    wrote, sent, answered = await trace(simulator, phone=PHONE, after=after)

    assert [each["name"] for each in (wrote, sent, answered)] == [
        "phone.wrote",
        "webhook.sent",
        "webhook.answered",
    ]
    assert [each["lane"] for each in (wrote, sent, answered)] == ["customer", "ingress", "ingress"]
    assert {each["sid"] for each in (wrote, sent, answered)} == {written["sid"]}
    assert wrote["detail"]["text"] == "oi"
    assert sent["detail"]["url"].endswith("/webhook")
    assert answered["detail"] == {"status": 204, "attempts": 1}
    assert answered["took_ms"] >= 0
    assert wrote["owner"] is None
    assert wrote["number"] < sent["number"] < answered["number"]


async def test_a_message_of_ours_leaves_its_steps_under_the_products_ids(simulator: Site) -> None:
    await simulator.write("oi")
    after = await now(simulator)
    callback = simulator.callback(f"c={CONVERSATION}&m=m1&a=2")
    created = await simulator.post(Body="olá", StatusCallback=callback)
    await until(lambda: len(simulator.product.callbacks) == 2)
    async with asyncio.timeout(5):
        while len(entries := await trace(simulator, after=after)) < 5:
            pass

    assert [each["name"] for each in entries] == [
        "create.accepted",
        "status.changed",
        "callback.answered",
        "status.changed",
        "callback.answered",
    ]
    assert {each["lane"] for each in entries} == {"outbound", "receipt"}
    assert {each["sid"] for each in entries} == {created.json()["sid"]}
    assert {each["message"] for each in entries} == {"m1"}
    assert {each["conversation"] for each in entries} == {CONVERSATION}
    assert {each["phone"] for each in entries} == {PHONE}
    assert [each["detail"]["status"] for each in entries[1:]] == [
        "sent",
        "sent",
        "delivered",
        "delivered",
    ]
    assert entries[0]["detail"] == {"text": "olá", "fault": "", "attempt": 2}


@pytest.mark.parametrize(
    ("faults", "names"),
    [
        ({"reject_401": 1}, ["create.refused"]),
        ({"reject_429": 1}, ["create.refused"]),
        ({"error_500_before": 1}, ["create.refused"]),
        ({"cut_before": 1}, ["create.cut"]),
        ({"error_500_after": 1}, ["create.accepted", "create.failed"]),
        ({"cut_after": 1}, ["create.accepted", "create.cut"]),
        ({"callback_drop": 1}, ["create.accepted", "status.changed", "callback.dropped"]),
    ],
)
async def test_faults_show(simulator: Site, faults: dict[str, int], names: list[str]) -> None:
    await simulator.write("oi")
    after = await now(simulator)
    await simulator.faults(**faults, callback_delay_ms=[0, 0])
    await asyncio.gather(
        simulator.post(StatusCallback=simulator.callback()), return_exceptions=True
    )
    async with asyncio.timeout(5):
        while len(entries := await trace(simulator, phone=PHONE, after=after)) < len(names):
            pass
    assert [each["name"] for each in entries][: len(names)] == names


async def test_a_dropped_webhook_and_a_refused_one_show(simulator: Site) -> None:
    after = await now(simulator)
    await simulator.faults(webhook_drop=1)
    await simulator.write("um")
    await simulator.faults()
    simulator.product.answers = [500]
    await simulator.write("dois")
    names = [each["name"] for each in await trace(simulator, after=after)]
    assert names == [
        "phone.wrote",
        "webhook.dropped",
        "phone.wrote",
        "webhook.sent",
        "webhook.failed",
    ]


async def test_what_twilio_refuses_shows_with_its_code(simulator: Site) -> None:
    after = await now(simulator)
    await simulator.post(Body="")
    [entry] = await trace(simulator, phone=PHONE, after=after)
    assert (entry["name"], entry["detail"]["code"]) == ("create.refused", 21602)


async def test_a_trace_is_read_phone_by_phone_and_page_by_page(simulator: Site) -> None:
    after = await now(simulator)
    await simulator.write("oi")
    await simulator.write("oi", number="BR.1a2B")
    await simulator.http.post("/clock", json={"forward_seconds": 60})
    everything = await trace(simulator, after=after)
    own = await trace(simulator, after=after, phone=THEIRS)
    first = (await simulator.http.get(f"/trace?after={after}&limit=5")).json()
    rest = (await simulator.http.get(f"/trace?after={first['next']}&limit=5")).json()

    assert [each["phone"] for each in everything] == [PHONE] * 3 + ["BR.1a2B"] * 3 + [""]
    assert [each["name"] for each in own][-1] == "clock.moved"
    assert {each["phone"] for each in own} == {PHONE, ""}
    assert first["entries"] + rest["entries"] == everything
    assert rest["next"] is None
    assert (await simulator.http.get("/trace?phone=5511")).status_code == 422
    assert (await simulator.http.get("/events?phone=5511")).status_code == 422
    assert (await simulator.http.get(f"/trace?limit={KEPT + 1}")).status_code == 422


async def test_a_stream_tells_of_steps_and_of_messages_as_they_happen(simulator: Site) -> None:
    async with following(simulator.http, phone=PHONE) as events:
        await simulator.write("oi")
        written = await events.until("message", direction="inbound")
        answered = await events.until("trace", name="webhook.answered")
        created = await simulator.post(Body="olá", StatusCallback=simulator.callback())
        for status in ("queued", "sent", "delivered"):
            told = await events.until("message", sid=created.json()["sid"], status=status)
            assert told.data["body"] == "olá"
    assert written.data["body"] == "oi"
    assert answered.id == str(answered.data["number"])
    assert [int(event.id) for event in events.seen] == sorted(int(e.id) for e in events.seen)


async def test_a_stream_keeps_other_phones_out(simulator: Site) -> None:
    async with following(simulator.http, phone="BR.1a2B") as events:
        await simulator.write("oi")
        await simulator.write("olá", number="BR.1a2B")
        await events.until("trace", name="webhook.answered")
    assert {event.data.get("phone", "BR.1a2B") for event in events.seen} == {"BR.1a2B"}
    assert len([event for event in events.seen if event.kind == "message"]) == 1


async def test_a_stream_goes_on_where_the_last_one_stopped(simulator: Site) -> None:
    async with following(simulator.http, phone=PHONE) as events:
        await simulator.write("um")
        last = (await events.until("trace", name="webhook.sent")).id
    await simulator.write("dois")
    async with following(simulator.http, last=last, phone=PHONE) as again:
        first = await again.next()
        await again.until("message", body="dois")
    async with following(simulator.http, after=last, phone=PHONE) as by_query:
        assert await by_query.next() == first
    assert first is not None
    assert (first.kind, first.data["name"]) == ("trace", "webhook.answered")
    assert "gap" not in {event.kind for event in again.seen}


@pytest.mark.parametrize("last", ["7", "99999999999999"])
async def test_who_comes_from_another_process_hears_of_a_gap(simulator: Site, last: str) -> None:
    async with following(simulator.http, last=last, phone=PHONE) as events:
        gap = await events.next()
        await simulator.write("oi")
        following_ = await events.next()
    assert gap is not None
    assert (gap.kind, gap.data) == ("gap", {})
    assert following_ is not None
    assert int(following_.id) > int(gap.id)


async def test_a_stream_without_a_place_begins_now(simulator: Site) -> None:
    await simulator.write("antes")
    async with following(simulator.http, last="nonsense", phone=PHONE) as events:
        await simulator.write("depois")
        first = await events.next()
    assert first is not None
    assert first.data["detail"]["text"] == "depois"


class Turnstile:
    """Lets a stream begin, and closes when it is told to."""

    def __init__(self) -> None:
        self.closed = False

    async def refusal(self, visitor: HTTPConnection, *, passing: bool = False) -> Refusal | None:
        del visitor
        return Refusal(403, "closed") if passing and self.closed else None


async def test_a_stream_beats_and_ends_with_who_may_look(tmp_path: Path) -> None:
    door = Turnstile()
    place = Place(door=door, heartbeat_seconds=0.05)
    async with (
        site(tmp_path / "simulator.db", place=place) as running,
        following(running.http) as events,
    ):
        reading = asyncio.create_task(events.next())
        await until(lambda: events.beats > 2)
        door.closed = True
        assert await reading is None


async def test_an_entry_is_what_its_description_says(simulator: Site) -> None:
    await simulator.write("oi")
    entries = await trace(simulator)
    document = (await simulator.http.get("/openapi.json")).json()
    described = document["components"]["schemas"]["TraceEntry"]
    assert set(entries[-1]) == set(described["properties"]) == set(described["required"])
    assert {"/trace", "/events", "/clock", "/setting", "/samples/{name}"} < set(document["paths"])
