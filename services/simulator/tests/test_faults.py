"""Each fault is seen from outside, and the record says what really happened."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

from handoff_simulator.app import Hooks, build

from .world import ACCOUNT, CREATE, OURS, PREFIX, SID, THEIRS, TOKEN, Site, until

# The filters: the SDK still authenticates the way that aiohttp means to drop.
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]


async def raw_create(site: Site, text: str) -> bytes:
    """Send a create request over a bare socket and return every byte that comes back."""
    url = urlsplit(site.base)
    body = urlencode({"To": THEIRS, "From": OURS, "Body": text})
    basic = b64encode(f"{SID}:{TOKEN}".encode()).decode()
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(
        f"POST {PREFIX}{CREATE} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(("fault", "accepted"), [("cut_before", []), ("cut_after", ["olá"])])
async def test_a_cut_connection_gives_not_one_byte(
    simulator: Site, fault: str, accepted: list[str]
) -> None:
    await simulator.faults(**{fault: 1})

    with pytest.raises((httpx2.RemoteProtocolError, httpx2.NetworkError)):
        await simulator.post()
    answered = await raw_create(simulator, "de novo")

    assert answered == b""
    kept = await simulator.record()
    assert [message["body"] for message in kept] == [*accepted, *(["de novo"] if accepted else [])]
    assert {message["fault"] for message in kept} <= {fault}
    counts = await simulator.requests()
    assert (counts["received"], counts["accepted"], counts["answered"]) == (2, len(kept), 0)
    assert counts["faults"] == {fault: 2}


async def test_where_no_connection_can_be_cut_it_is_an_error_and_not_an_answer(
    tmp_path: Path,
) -> None:
    hooks = Hooks("http://127.0.0.1:1/webhook")
    async with (
        build(ACCOUNT, hooks, tmp_path / "simulator.db") as app,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://a") as http,
    ):
        await http.put("/faults", json={"cut_before": 1})
        with pytest.raises(RuntimeError, match="can't cut"):
            await http.post(CREATE, data={"Body": "a"}, auth=(SID, TOKEN))


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        ("reject_401", 401, 0),
        ("reject_429", 429, 0),
        ("error_500_before", 500, 0),
        ("error_500_after", 500, 1),
    ],
)
async def test_an_error_is_told_and_the_record_knows_better(
    simulator: Site, fault: str, status: int, accepted: int
) -> None:
    await simulator.faults(**{fault: 1})

    answer = await simulator.post()

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert ("retry-after" in answer.headers) == (fault == "reject_429")
    assert len(await simulator.record()) == accepted


async def test_after_a_cut_the_callbacks_still_come(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.faults(cut_after=1, callback_delay_ms=[0, 0])

    with pytest.raises((httpx2.RemoteProtocolError, httpx2.NetworkError)):
        await simulator.post(StatusCallback=simulator.callback("m=m-7&a=1"))
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 2)

    assert heard[0].url.endswith("m=m-7&a=1")


async def test_a_hanging_answer_comes_late_and_the_message_was_accepted(simulator: Site) -> None:
    await simulator.faults(hang_after=1, hang_after_ms=60_000)
    with pytest.raises(httpx2.ReadTimeout):
        await simulator.http.post(
            CREATE, data={"To": THEIRS, "From": OURS, "Body": "a"}, auth=(SID, TOKEN), timeout=0.1
        )
    assert [message["fault"] for message in await simulator.record()] == ["hang_after"]

    await simulator.faults(hang_after=1, hang_after_ms=20)
    assert (await simulator.post()).status_code == 201


async def test_a_delay_comes_before_the_answer_and_callbacks_do_not_wait_for_it(
    simulator: Site,
) -> None:
    await simulator.write("oi")
    await simulator.faults(delay_ms=[250, 300], callback_delay_ms=[0, 0])
    began = monotonic()

    answer = await simulator.post(StatusCallback=simulator.callback())

    assert answer.status_code == 201
    assert monotonic() - began >= 0.25
    assert [heard.status for heard in simulator.product.callbacks] == ["sent", "delivered"]


async def test_a_message_may_be_on_its_way_for_a_while_before_it_is_accepted(
    simulator: Site,
) -> None:
    await simulator.write("oi")
    await simulator.faults(accept_delay_ms=[250, 300])

    began = datetime.now(UTC)
    assert (await simulator.post()).status_code == 201

    [message] = await simulator.record()
    accepted = datetime.fromisoformat(message["created_at"])
    assert accepted - began >= timedelta(milliseconds=250)


async def test_a_script_meets_the_text_that_it_names_and_only_so_often(simulator: Site) -> None:
    await simulator.faults(script=[{"contains": "troca", "fault": "error_500_after", "times": 1}])

    statuses = [(await simulator.post(Body=text)).status_code for text in ("a", "troca", "troca")]

    assert statuses == [201, 500, 201]
    assert len(await simulator.record()) == 3


async def test_callbacks_are_dropped(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.faults(
        script=[{"contains": "a", "fault": "callback_drop"}], callback_delay_ms=[0, 0]
    )
    await simulator.post(Body="a", StatusCallback=simulator.callback())
    await until(lambda: bool(simulator.product.callbacks))

    assert [heard.status for heard in simulator.product.callbacks] == ["delivered"]
    assert (await simulator.requests())["faults"] == {"callback_drop": 1}


async def test_callbacks_are_doubled(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.faults(callback_double=1, callback_delay_ms=[0, 0])
    await simulator.post(StatusCallback=simulator.callback())
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 4)

    assert [call.status for call in heard] == ["sent", "sent", "delivered", "delivered"]


async def test_callbacks_are_reordered_and_the_record_is_not(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.faults(callback_reorder=1, callback_delay_ms=[0, 0])
    await simulator.post(StatusCallback=simulator.callback())
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 2)

    assert [call.status for call in heard] == ["delivered", "sent"]
    assert (await simulator.record())[0]["status"] == "delivered"


async def test_a_message_fails_after_it_was_accepted(simulator: Site) -> None:
    await simulator.write("oi")
    await simulator.faults(script=[{"contains": "", "fault": "fail", "code": 63003}])
    answer = await simulator.post(StatusCallback=simulator.callback())
    heard = simulator.product.callbacks
    await until(lambda: len(heard) == 1)

    assert answer.status_code == 201
    assert (heard[0].status, heard[0].form["ErrorCode"]) == ("failed", "63003")


async def test_webhooks_are_doubled_and_dropped(simulator: Site) -> None:
    await simulator.faults(
        script=[
            {"contains": "dobro", "fault": "webhook_double"},
            {"contains": "perdida", "fault": "webhook_drop"},
        ]
    )
    doubled = await simulator.write("em dobro")
    dropped = await simulator.write("perdida")

    sids = [heard.form["MessageSid"] for heard in simulator.product.webhooks]
    assert sids == [doubled["sid"], doubled["sid"]]
    assert (dropped["delivered"], dropped["attempts"]) == (False, 0)
    listed = await simulator.twilio.messages.list_async(from_=THEIRS)
    assert [message.sid for message in listed] == [dropped["sid"], doubled["sid"]]


async def test_webhooks_are_reordered(simulator: Site) -> None:
    await simulator.faults(webhook_reorder_ms=150, seed=3)
    texts = [f"texto {number}" for number in range(12)]
    for text in texts:
        await simulator.http.post("/phones/+5511999990001/messages", json={"text": text})
    heard = simulator.product.webhooks
    await until(lambda: len(heard) == len(texts))

    assert [call.form["Body"] for call in heard] != texts
    assert sorted(call.form["Body"] for call in heard) == sorted(texts)


async def test_switches_are_shown_and_impossible_ones_refused(simulator: Site) -> None:
    await simulator.faults(cut_after=0.25)
    wrong = await simulator.http.put("/faults", json={"cut_afte": 0.5})

    assert wrong.status_code == 422
    assert (await simulator.http.get("/faults")).json()["cut_after"] == 0.25
    await simulator.faults()
    assert (await simulator.http.get("/faults")).json()["cut_after"] == 0
