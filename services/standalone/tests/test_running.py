"""`handoff run` as a process: from an empty folder to a working product, and back."""

import os
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from handoff_standalone.backups.contents import NAMES
from handoff_standalone.home import LOCK
from harness.process import Process, free_port
from harness.product import Options
from harness.standalone import Standalone
from harness.waiting import until

pytestmark = pytest.mark.e2e

READY = 200
SID, TOKEN = "AC" + "0123456789abcdef" * 2, "token"


def standalone(folder: Path, port: int, **variables: str) -> Process:
    environment = {"PORT": str(port), "HANDOFF_HOME": "home"} | variables
    url = f"http://127.0.0.1:{port}/readyz"
    return Process("run", ["-m", "handoff_standalone", "run"], environment, folder, url)


@asynccontextmanager
async def started(process: Process) -> AsyncGenerator[httpx2.AsyncClient]:
    await process.start()
    try:
        await process.ready()
        base = process.ready_url.removesuffix("/readyz")
        async with httpx2.AsyncClient(base_url=base) as client:
            yield client
    finally:
        await process.stop()


async def refused(process: Process) -> str:
    """Return what a process said that must end at once."""
    await process.start()
    assert await process.ended() == 1
    return process.last_words()


def password(said: str) -> str:
    [line] = [line for line in said.splitlines() if line.startswith("First admin: ")]
    return line.split()[4]


async def test_the_first_start_shows_an_admin_and_the_next_one_does_not(tmp_path: Path) -> None:
    port = free_port()
    process = standalone(tmp_path, port)
    async with started(process) as client:
        said = process.last_words()
        base = f"http://127.0.0.1:{port}"
        told = [line.split()[-1] for line in said.splitlines() if base in line]
        assert told == [f"{base}/", f"{base}/simulator/", f"{base}/docs"]
        assert (await client.get("/docs")).status_code == READY
        credentials = {"email": "admin@localhost", "password": password(said)}
        assert (await client.post("/api/session", json=credentials)).status_code == READY
        assert (await client.get("/healthz")).status_code == READY
        assert (await client.get("/simulator/phones")).json() == []
        strange = {"Host": "rebound.example"}
        assert (await client.get("/simulator/phones", headers=strange)).status_code == 400
        seconds = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        assert await process.ended() == 0
        assert time.monotonic() - seconds < 5  # less than 2 on a machine that does nothing else
    # All that lasts is in a backup.
    assert {path.name for path in (tmp_path / "home").iterdir()} == {*NAMES, LOCK}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "home").iterdir())

    async with started(process):
        assert process.last_words().count("HandoffFlow runs") == 2
        assert process.last_words().count("First admin") == 1
        second = standalone(tmp_path, free_port())
        second.name = "second"
        assert "another handoff process" in await refused(second)


async def test_with_credentials_there_is_no_simulator_and_the_webhook_is_shown(
    tmp_path: Path,
) -> None:
    port = free_port()
    channel = {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "PUBLIC_BASE_URL": "https://handoff.example.com/",
    }
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in channel.items()))
    process = standalone(tmp_path, port)
    async with started(process) as client:
        assert (await client.get("/simulator/phones")).status_code == 404
        said = process.last_words()
        assert "https://handoff.example.com/api/twilio/webhook" in said
        assert "Simulated" not in said


async def test_a_stop_waits_for_no_answer_of_twilio_and_the_next_start_goes_on(
    tmp_path: Path,
) -> None:
    product = Standalone(Options(tmp_path, time_scale=0.2, pause_seconds=0))
    async with product.running():
        [process], customers = product.processes, product.customers
        await customers.faults(delay_ms=[60_000, 60_000])
        await customers.write("+5511999990001", "oi, vocês abrem domingo?")

        async def accepted() -> bool:
            return bool(await customers.record())

        await until(accepted, "a message at Twilio whose answer is outstanding")
        os.kill(process.pid, signal.SIGINT)
        seconds = time.monotonic()
        assert await process.ended() == 0
        assert time.monotonic() - seconds < 10
        await customers.faults()
        await process.start()
        await process.ready()
        async with product.operator("Helena") as helena:
            conversation = await helena.conversation_with("+5511999990001")
            thread = await helena.settled_thread(conversation["id"])
        assert [message["status"] for message in thread] == ["received", "accepted"]
        assert len(await customers.got("+5511999990001")) == 1
