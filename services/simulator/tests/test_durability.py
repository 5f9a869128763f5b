"""What was told to anybody survives `kill -9` of the simulator's own process."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from .world import CREATE, OURS, PHONE, SID, THEIRS, TOKEN, Product, listening, until


@asynccontextmanager
async def process(
    home: Path, product: Product
) -> AsyncGenerator[tuple[Process, httpx2.AsyncClient]]:
    """Run `python -m handoff_simulator` on a free port until the block ends, or it was killed."""
    environment = {
        **os.environ,
        "HANDOFF_HOME": str(home),
        "PUBLIC_BASE_URL": product.base,
        "SIMULATOR_PORT": "0",
        "SIMULATOR_WEBHOOK_PATH": "/webhook",
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_NUMBER": OURS,
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handoff_simulator", env=environment, cwd=home, stdout=PIPE
    )
    assert running.stdout is not None
    try:
        async with asyncio.timeout(15):
            started = json.loads(await running.stdout.readline())
        assert started["event"] == "service.started"
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{started['port']}") as http:
            yield running, http
    finally:
        if running.returncode is None:
            running.terminate()
        rest = await running.stdout.read()
        await running.wait()
        lines = [json.loads(line) for line in rest.splitlines()]
        assert all("event" in line for line in lines), "something else than JSON logs"
        assert PHONE.encode() not in rest


async def _create(http: httpx2.AsyncClient, number: int, told: list[int], base: str) -> None:
    form = {"To": THEIRS, "From": OURS, "Body": str(number), "StatusCallback": f"{base}/status"}
    try:
        answer = await http.post(CREATE, data=form, auth=(SID, TOKEN))
    except httpx2.TransportError:
        return
    assert answer.status_code == 201
    told.append(number)


async def test_a_kill_loses_nothing_that_was_told_and_nothing_that_was_under_way(
    tmp_path: Path,
) -> None:
    told: list[int] = []
    async with listening() as product:
        async with process(tmp_path, product) as (running, http):
            phone = f"/phones/{PHONE}/messages"
            await http.post(f"{phone}?wait=true", json={"text": "oi"})
            script = [{"contains": "999", "fault": "cut_after"}]
            late = {"callback_delay_ms": [600_000, 600_000], "webhook_reorder_ms": 600_000}
            await http.put("/faults", json={**late, "script": script})
            await http.post(phone, json={"text": "alguém aí?"})
            await _create(http, 999, told, product.base)
            assert told == []
            creating = [
                asyncio.create_task(_create(http, number, told, product.base))
                for number in range(300)
            ]
            await until(lambda: len(told) > 50)
            running.kill()
            await asyncio.gather(*creating)
        assert [heard.form["Body"] for heard in product.webhooks] == ["oi"]
        assert product.callbacks == []
        async with process(tmp_path, product) as (_, http):
            kept = (await http.get("/record")).json()["messages"]
            wrote = (await http.get(phone)).json()["messages"][:2]
            await until(lambda: len(product.callbacks) == 2 * len(kept))
            await until(lambda: len(product.webhooks) == 2)

    assert {str(number) for number in [999, *told]} <= {message["body"] for message in kept}
    numbers = [message["number"] for message in kept]
    assert numbers == sorted(set(numbers))
    assert [message["body"] for message in wrote] == ["oi", "alguém aí?"]
    assert product.webhooks[1].form["Body"] == "alguém aí?"
    assert all(heard.is_signed() for heard in product.webhooks)
    assert {call.status for call in product.callbacks} == {"sent", "delivered"}
