"""Customers write: the webhook, its signature, its retries, and what the phone keeps."""

import asyncio
from pathlib import Path

import pytest

from .world import OURS, PHONE, SID, THEIRS, Site, site

# The filters: the SDK still authenticates the way that aiohttp means to drop.
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]


async def test_a_message_is_delivered_once_with_a_signature_that_the_sdk_accepts(
    simulator: Site,
) -> None:
    outcome = await simulator.write("olá, preciso de ajuda ☎\n+ 100% & mais", profile_name="Ana")
    [heard] = simulator.product.webhooks

    assert (outcome["delivered"], outcome["attempts"], outcome["status"]) == (True, 1, 204)
    assert heard.is_signed()
    assert heard.form["Body"] == "olá, preciso de ajuda ☎\n+ 100% & mais"
    assert (heard.form["From"], heard.form["To"], heard.form["AccountSid"]) == (THEIRS, OURS, SID)
    assert (heard.form["ProfileName"], heard.form["MessageSid"]) == ("Ana", outcome["sid"])


async def test_without_waiting_the_answer_comes_before_the_webhook(simulator: Site) -> None:
    await simulator.faults(webhook_reorder_ms=600_000)
    answer = await simulator.http.post(f"/phones/{PHONE}/messages", json={"text": "oi"})

    assert answer.status_code == 202
    assert simulator.product.webhooks == []
    listed = await simulator.twilio.messages.list_async(from_=THEIRS)
    assert [(message.sid, message.status, message.direction) for message in listed] == [
        (answer.json()["sid"], "received", "inbound")
    ]


async def test_by_default_a_refused_webhook_is_not_repeated(simulator: Site) -> None:
    simulator.product.answers = [500]

    outcome = await simulator.write("oi")

    assert (outcome["delivered"], outcome["attempts"], outcome["status"]) == (False, 1, 500)


async def test_the_fragment_makes_twilio_repeat_under_one_token(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", fragment="rc=3&rp=all") as running:
        running.product.answers = [500, 404, 204]
        outcome = await running.write("oi")
        heard = running.product.webhooks

        assert (outcome["delivered"], outcome["attempts"], outcome["status"]) == (True, 3, 204)
        assert len(heard) == 3
        assert len({call.headers["i-twilio-idempotency-token"] for call in heard}) == 1
        assert all(call.is_signed() for call in heard)
        assert "#" not in heard[0].url


async def test_only_failures_of_the_policy_are_repeated(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", fragment="rc=3&rp=5xx,ct") as running:
        running.product.answers = [503, 403]
        outcome = await running.write("oi")

        assert (outcome["delivered"], outcome["attempts"], outcome["status"]) == (False, 2, 403)


async def test_a_fallback_hears_what_the_webhook_refused(tmp_path: Path) -> None:
    async with site(tmp_path / "simulator.db", fallback=True) as running:
        running.product.answers = [500]
        outcome = await running.write("oi")
        [refused], [heard] = running.product.webhooks, running.product.fallbacks

        assert (outcome["delivered"], outcome["attempts"]) == (True, 2)
        assert heard.is_signed()
        assert heard.form["MessageSid"] == refused.form["MessageSid"] == outcome["sid"]
        assert (heard.form["ErrorCode"], heard.form["ErrorUrl"]) == ("11200", refused.url)


async def test_the_same_sid_is_the_same_message_and_its_webhook_goes_out_again(
    simulator: Site,
) -> None:
    sid = "SM" + "c" * 32
    await simulator.write("oi", sid=sid)
    await simulator.write("outra coisa", sid=sid)
    kept = (await simulator.http.get(f"/phones/{PHONE}/messages")).json()["messages"]

    assert [heard.form["Body"] for heard in simulator.product.webhooks] == ["oi", "oi"]
    assert [message["body"] for message in kept] == ["oi"]


async def test_a_phone_keeps_both_directions_in_the_order_of_acceptance(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.post(Body="olá", StatusCallback=simulator.callback("m=m-1&a=1"))
    await simulator.write("quero um humano")
    await simulator.write("de outro telefone", number="BR.1a2B")
    kept = (await simulator.http.get(f"/phones/{PHONE}/messages")).json()
    numbers = [message["number"] for message in kept["messages"]]
    path = f"/phones/{PHONE}/messages"
    rest = (await simulator.http.get(f"{path}?after={numbers[1]}")).json()["messages"]
    page = (await simulator.http.get(f"{path}?limit=2")).json()

    assert [message["body"] for message in kept["messages"]] == ["oi", "olá", "quero um humano"]
    assert numbers == sorted(set(numbers))
    assert kept["next"] is None
    assert [message["number"] for message in rest] == numbers[2:]
    assert (len(page["messages"]), page["next"]) == (2, numbers[1])
    assert (await simulator.http.get("/phones")).json() == [
        {"number": "+5511999990001", "wrote": 2, "received": 1},
        {"number": "BR.1a2B", "wrote": 1, "received": 0},
    ]


async def test_what_no_phone_could_write_is_refused(simulator: Site) -> None:
    for number, writing in [
        ("5511", {"text": "oi"}),
        (PHONE, {"text": "x" * 1601}),
        (PHONE, {"text": "oi", "to": "+14150000000"}),
        (PHONE, {"text": "oi", "to": "nobody"}),
        (PHONE, {"text": "oi", "sid": "XX"}),
    ]:
        answer = await simulator.http.post(f"/phones/{number}/messages", json=writing)
        assert answer.status_code == 422

    assert (await simulator.http.get("/phones")).json() == []


async def test_our_own_message_can_not_be_written_by_a_customer(simulator: Site) -> None:
    sid = (await simulator.post()).json()["sid"]
    answer = await simulator.http.post(f"/phones/{PHONE}/messages", json={"text": "oi", "sid": sid})

    assert answer.status_code == 409


async def test_the_record_has_what_we_sent_page_by_page_and_can_be_erased(simulator: Site) -> None:
    await simulator.write("oi")
    for text in ("um", "dois", "três"):
        await simulator.post(Body=text)
    first = (await simulator.http.get("/record?limit=2")).json()
    second = (await simulator.http.get(f"/record?limit=2&after={first['next']}")).json()

    assert [message["body"] for message in first["messages"]] == ["um", "dois"]
    assert [message["body"] for message in second["messages"]] == ["três"]
    assert second["next"] is None
    last = second["messages"][0]["number"]

    assert (await simulator.http.delete("/record")).status_code == 204
    assert await simulator.record() == []
    assert (await simulator.requests())["received"] == 0
    await simulator.post(Body="depois")
    assert (await simulator.record())[0]["number"] > last


async def test_erasing_ends_a_wait_for_a_webhook(simulator: Site) -> None:
    await simulator.faults(webhook_reorder_ms=600_000, seed=1)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(
            simulator.http.post(f"/phones/{PHONE}/messages?wait=true", json={"text": "oi"})
        )
        async with asyncio.timeout(5):
            while (await simulator.http.get("/phones")).json() == []:
                pass
        await asyncio.sleep(0.1)  # it is stored before it is on its way
        await simulator.http.delete("/record")

    assert waiting.result().status_code == 503


async def test_it_says_that_it_is_alive_ready_and_how_to_use_it(simulator: Site) -> None:
    assert (await simulator.http.get("/healthz")).status_code == 200
    assert (await simulator.http.get("/readyz")).json() == {"status": "ok", "away": []}
    document = (await simulator.http.get("/openapi.json")).json()
    assert {"/faults", "/phones", "/record", "/requests"} < document["paths"].keys()
