import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette

from handoff_common.errors import AwayError
from handoff_common.lifecycle import (
    CRASHED,
    Check,
    Loops,
    health_app,
    health_routes,
    listening_socket,
    running,
    stopping,
)
from handoff_common.testing.logs import Logs

PRIVATE = "meu-cartao-4111"


async def fine() -> None:
    """Be there."""


async def away() -> None:
    raise AwayError(PRIVATE)


async def hanging() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def client(app: Starlette) -> AsyncGenerator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://service") as http:
        yield http


async def test_a_service_is_alive_whatever_is_away() -> None:
    async with client(health_app({"broker": away})) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}


async def test_a_service_is_ready_when_all_it_needs_answers() -> None:
    async with client(health_app({"broker": fine, "database": fine})) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "away": []})


@pytest.mark.parametrize("check", [away, hanging])
async def test_a_service_that_is_not_ready_names_what_is_away_and_quotes_nothing(
    check: Check, logs: Logs
) -> None:
    routes = health_routes({"broker": check, "database": fine}, seconds=0.05)
    async with client(Starlette(routes=routes)) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "away", "away": ["broker"]})
    assert [line["check"] for line in logs()] == ["broker"]
    assert PRIVATE not in logs.text


async def test_a_loop_that_crashes_ends_the_process_and_says_which(logs: Logs) -> None:
    ended = asyncio.Event()
    loops = Loops(on_crash=ended.set)
    loops.start("poller", away())
    await asyncio.wait_for(ended.wait(), 5)
    await loops.cancel()
    [line] = logs()
    assert (line["event"], line["loop"], line["error"]) == ("loop.crashed", "poller", "AwayError")
    assert PRIVATE not in logs.text


async def test_a_loop_that_ends_or_is_cancelled_is_no_crash() -> None:
    ended = asyncio.Event()
    loops = Loops(on_crash=ended.set)
    loops.start("short", fine())
    loops.start("long", hanging())
    await loops.drain(0.05)
    assert not ended.is_set()
    await Loops().drain(5)  # nothing to wait for


async def test_loops_are_asked_to_stop_and_end_what_they_hold() -> None:
    stop, done = asyncio.Event(), list[str]()

    async def loop() -> None:
        await stop.wait()
        await asyncio.sleep(0)
        done.append("what it held")

    async with running(("loop", loop()), stop=stop.set):
        assert done == []
    assert done == ["what it held"]


async def test_a_loop_that_does_not_stop_in_time_is_cancelled() -> None:
    cancelled = list[str]()

    async def loop() -> None:
        try:
            await hanging()
        finally:
            cancelled.append("loop")

    async with running(("loop", loop()), stop=lambda: None, drain_seconds=0.05):
        await asyncio.sleep(0)
    async with running(("loop", loop())):
        await asyncio.sleep(0)
    assert cancelled == ["loop", "loop"]


def test_a_taken_port_is_a_clear_error_before_anything_starts() -> None:
    with closing(listening_socket("127.0.0.1", 0)) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            listening_socket("127.0.0.1", first.getsockname()[1])


def test_replicas_share_a_port_if_they_are_told_to() -> None:
    with closing(listening_socket("127.0.0.1", 0, reuse_port=True)) as first:
        first.listen()
        with closing(
            listening_socket("127.0.0.1", first.getsockname()[1], reuse_port=True)
        ) as second:
            second.listen()
            assert second.getsockname() == first.getsockname()


PROGRAM = """
import asyncio, sys
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from handoff_common.lifecycle import listening_socket, running, serve, stopping

async def slow(_):
    print("asked", flush=True)
    await asyncio.sleep(0.3)
    return PlainTextResponse("answered")

async def endless(request):
    async def lines():
        yield "begun"
        await stopping(request.scope).wait()
        yield "ended"
    return StreamingResponse(lines())

@asynccontextmanager
async def service():
    stop = asyncio.Event()
    async def loop():
        if "crash" in sys.argv:
            raise RuntimeError("bug")
        await stop.wait()
        await asyncio.sleep(0.1)
        print("drained", flush=True)
    async with running(("loop", loop()), stop=stop.set):
        yield Starlette(routes=[Route("/slow", slow), Route("/endless", endless)])
    print("stopped", flush=True)

sock = listening_socket("127.0.0.1", 0)
port = sock.getsockname()[1]
asyncio.run(serve(service(), sock, on_started=lambda: print(port, flush=True)))
"""


@asynccontextmanager
async def process(*arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def line_of(started: asyncio.subprocess.Process) -> str:
    assert started.stdout is not None
    line = await asyncio.wait_for(started.stdout.readline(), 10)
    return line.decode().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_http_first_then_drains_the_service(number: signal.Signals) -> None:
    async with process() as started:
        port = int(await line_of(started))
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            asking = asyncio.create_task(http.get("/slow"))
            assert await line_of(started) == "asked"
            started.send_signal(number)
            assert (await asking).text == "answered"
        assert [await line_of(started), await line_of(started)] == ["drained", "stopped"]
        assert await asyncio.wait_for(started.wait(), 10) == 0


async def test_a_response_without_an_end_is_told_that_the_server_stops() -> None:
    async with process() as started:
        port = int(await line_of(started))
        url = f"http://127.0.0.1:{port}/endless"
        async with AsyncClient() as http, http.stream("GET", url) as answer:
            lines = answer.aiter_text()
            assert await anext(lines) == "begun"
            started.terminate()
            assert await asyncio.wait_for(anext(lines), 2) == "ended"
        assert await asyncio.wait_for(started.wait(), 2) == 0


async def test_without_our_server_nothing_stops() -> None:
    assert not stopping({"type": "http"}).is_set()


async def test_a_loop_that_crashes_stops_the_whole_process() -> None:
    async with process("crash") as started:
        assert await line_of(started) != ""
        printed = [await line_of(started) for _ in range(3)]
        assert any("loop.crashed" in line for line in printed)
        await asyncio.wait_for(started.communicate(), 10)
        assert started.returncode == CRASHED
