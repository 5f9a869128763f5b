"""Twilio's surface through the official SDK, mounted under a prefix, and by hand."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from handoff_common.clock import Clock

from .world import CREATE, KEY, OURS, PREFIX, SECRET, SID, THEIRS, TOKEN, Moments, Site, site, until

Listing = Callable[..., Awaitable[list[MessageInstance]]]

# The filters: the SDK still authenticates the way that aiohttp means to drop.
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]


async def test_the_sdk_creates_and_fetches_a_message(simulator: Site) -> None:
    created = await simulator.twilio.messages.create_async(to=THEIRS, from_=OURS, body="olá, Ana ☀")
    fetched = await simulator.twilio.messages(created.sid or "").fetch_async()

    assert (created.status, created.direction, created.date_sent) == (
        "queued",
        "outbound-api",
        None,
    )
    assert (fetched.sid, fetched.body, fetched.to) == (created.sid, "olá, Ana ☀", THEIRS)


async def test_the_sdk_lists_the_files_of_a_message_and_their_bytes_are_elsewhere(
    simulator: Site,
) -> None:
    photo = {"url": "https://a.example/m.png", "content_type": "image/png"}
    written = await simulator.write("olá", media=[photo])
    message = simulator.twilio.messages(written["sid"])

    [media] = await message.media.list_async()
    fetched = await message.media(media.sid or "").fetch_async()
    bare = simulator.base + (media.uri or "").removesuffix(".json")
    bytes_at = await simulator.http.get(bare, auth=(SID, TOKEN))

    assert (media.content_type, media.parent_sid) == ("image/png", written["sid"])
    assert (fetched.sid, fetched.content_type) == (media.sid, "image/png")
    assert (bytes_at.status_code, bytes_at.headers["location"]) == (307, photo["url"])
    assert (await simulator.http.get(bare)).status_code == 401
    for wrong in (f"{bare}0", bare.replace(written["sid"], f"MM{'0' * 32}")):
        assert (await simulator.http.get(wrong, auth=(SID, TOKEN))).status_code == 404


async def test_a_list_of_files_fails_when_a_switch_says_so(simulator: Site) -> None:
    photo = {"url": "https://a.example/m.png", "content_type": "image/png"}
    written = await simulator.write("olá", media=[photo])
    await simulator.faults(media_unlisted=1)

    with pytest.raises(TwilioException):
        await simulator.twilio.messages(written["sid"]).media.list_async()


async def test_the_sdk_pages_through_a_list_under_the_prefix_newest_first(simulator: Site) -> None:
    texts = [f"texto {number}" for number in range(7)]
    for text in texts:
        await simulator.post(Body=text)

    first = await simulator.twilio.messages.page_async(to=THEIRS, page_size=3)
    second = await first.next_page_async()
    assert second is not None
    back = await second.previous_page_async()
    assert back is not None
    everything = await simulator.twilio.messages.list_async(to=THEIRS, page_size=3)

    assert PREFIX in simulator.base
    assert [message.body for message in everything] == texts[::-1]
    assert [message.body for message in second] == texts[3:0:-1]
    assert [message.body for message in back] == texts[:3:-1]
    assert await back.previous_page_async() is None


async def test_the_last_page_has_no_next_one(simulator: Site) -> None:
    for text in ("um", "dois"):
        await simulator.post(Body=text)

    page = await simulator.twilio.messages.page_async(page_size=2)
    nobody = await simulator.twilio.messages.page_async(to="whatsapp:+5511000000000")

    assert len(list(page)) == 2
    assert await page.next_page_async() is None
    assert list(nobody) == []


async def test_a_list_is_filtered_by_both_ends_and_by_the_time_of_sending(tmp_path: Path) -> None:
    clock = Moments(datetime(2026, 3, 1, 12, tzinfo=UTC))
    async with site(tmp_path / "simulator.db", clock=Clock(clock)) as running:
        await running.faults(callback_delay_ms=[0, 0])
        await running.write("ontem")
        clock.now += timedelta(days=1)
        await running.write("hoje")
        await running.post(Body="resposta")
        listed = cast("Listing", running.twilio.messages.list_async)

        async def texts(**filters: object) -> list[str | None]:
            return [message.body for message in await listed(**filters)]

        assert await texts(from_=THEIRS, to=OURS) == ["hoje", "ontem"]
        assert await texts(from_=THEIRS, date_sent_after=clock.now) == ["hoje"]
        assert await texts(from_=THEIRS, date_sent_before=clock.now - timedelta(hours=1)) == [
            "ontem"
        ]
        assert await texts(from_=THEIRS, date_sent="2026-03-02") == ["hoje"]
        assert await texts(from_=OURS, date_sent_after=clock.now + timedelta(seconds=1)) == []


async def test_a_message_that_was_not_sent_yet_has_no_date_to_be_found_by(simulator: Site) -> None:
    await simulator.faults(callback_delay_ms=[60_000, 60_000])
    await simulator.post()

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0)

    assert await simulator.twilio.messages.list_async(date_sent_after=today) == []
    assert len(await simulator.twilio.messages.list_async(to=THEIRS)) == 1


async def test_the_sdk_reads_our_refusals(simulator: Site) -> None:
    with pytest.raises(TwilioRestException) as caught:
        await simulator.twilio.messages.create_async(to="whatsapp:55", from_=OURS, body="olá")
    assert (caught.value.code, caught.value.status) == (21211, 400)

    with pytest.raises(TwilioRestException) as caught:
        await simulator.twilio.messages("SM" + "0" * 32).fetch_async()
    assert (caught.value.code, caught.value.status) == (20404, 404)

    assert (await simulator.requests())["refused"] == 1
    assert await simulator.record() == []


async def test_an_api_key_opens_the_account_and_a_wrong_secret_does_not(simulator: Site) -> None:
    key = Client(KEY, SECRET, SID, http_client=simulator.twilio.http_client)
    key.api.base_url = simulator.base
    assert (await key.messages.create_async(to=THEIRS, from_=OURS, body="olá")).sid

    for auth in [(SID, "wrong"), (KEY, TOKEN), ("", "")]:
        refused = await simulator.http.get(CREATE, auth=auth)
        assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    for header in ["Bearer abc", "Basic %%%", "Basic gIA="]:
        refused = await simulator.http.get(CREATE, headers={"Authorization": header})
        assert refused.status_code == 401


async def test_what_is_not_there_is_refused_in_twilios_shape(simulator: Site) -> None:
    for method, path, status, code in [
        ("GET", CREATE.replace(SID, "AC" + "f" * 32), 404, 20404),
        ("GET", f"/2010-04-01/Accounts/{SID}/Calls.json", 404, 20404),
        ("DELETE", CREATE, 405, 20004),
        ("DELETE", CREATE.replace(".json", "/SM1.json"), 405, 20004),
        ("GET", f"{CREATE}?PageSize=0", 400, 20001),
    ]:
        refused = await simulator.http.request(method, path, auth=(SID, TOKEN))

        assert refused.status_code == status
        assert refused.json().keys() == {"code", "message", "more_info", "status"}
        assert (refused.json()["code"], refused.json()["status"]) == (code, status)


async def test_callbacks_tell_of_sent_and_delivered_signed_and_with_our_ids(
    simulator: Site,
) -> None:
    await simulator.write("oi")
    created = await simulator.post(StatusCallback=simulator.callback("m=m-1&a=2"))
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 2)

    assert [callback.status for callback in heard] == ["sent", "delivered"]
    assert {callback.form["MessageSid"] for callback in heard} == {created.json()["sid"]}
    assert all(callback.url.endswith("/status?m=m-1&a=2") for callback in heard)
    assert all(callback.is_signed() for callback in heard)
    [accepted] = await simulator.record()
    assert (accepted["mid"], accepted["attempt"], accepted["status"]) == ("m-1", 2, "delivered")


async def test_a_receipt_of_reading_is_told_where_it_is_switched_on(simulator: Site) -> None:
    await simulator.faults(read_receipts=True, callback_delay_ms=[0, 0])
    await simulator.write("oi")
    await simulator.post(StatusCallback=simulator.callback())
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 3)

    assert [callback.form.get("EventType") for callback in heard] == [None, "DELIVERED", "READ"]


async def test_outside_the_window_a_message_is_accepted_and_then_fails(tmp_path: Path) -> None:
    clock = Moments()
    async with site(tmp_path / "simulator.db", clock=Clock(clock)) as running:
        await running.write("oi")
        clock.now += timedelta(hours=24)
        created = await running.post(StatusCallback=running.callback())
        heard = running.product.callbacks
        await until(lambda: len(heard) == 1)

        assert (created.status_code, created.json()["status"]) == (201, "queued")
        assert (heard[0].status, heard[0].form["ErrorCode"]) == ("failed", "63016")
        [accepted] = await running.record()
        assert (accepted["status"], accepted["error_code"]) == ("failed", 63016)

        await running.write("oi de novo")
        await running.post(StatusCallback=running.callback())
        await until(lambda: len(heard) == 3)
        assert heard[2].status == "delivered"


async def test_the_window_can_be_switched_off(simulator: Site) -> None:
    await simulator.faults(outside_window=False)
    await simulator.post(StatusCallback=simulator.callback())
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 2)

    assert heard[1].status == "delivered"
