import asyncio
import json
import logging
import subprocess
import sys

import pytest
import structlog

from handoff_common.logging import configure
from handoff_common.testing.logs import Logs, logging_as

PRIVATE = "meu-cartao-4111"


def swallow(text: str) -> None:
    raise ValueError(f"can't digest {text}")


def test_a_log_line_is_json_with_service_level_and_time(logs: Logs) -> None:
    structlog.get_logger().info("message.released", conversation="c1", attempt=2)
    [line] = logs()
    moment = line.pop("timestamp")
    assert moment.endswith("Z")
    assert line == {
        "event": "message.released",
        "service": "test",
        "level": "info",
        "conversation": "c1",
        "attempt": 2,
    }


def test_what_is_bound_to_the_context_is_in_every_line(logs: Logs) -> None:
    with structlog.contextvars.bound_contextvars(trace="00-1"):
        structlog.get_logger().info("a.happened")
        logging.getLogger("library").warning("b %s", "happened")
    structlog.get_logger().info("c.happened")
    assert [(line["event"], line.get("trace")) for line in logs()] == [
        ("a.happened", "00-1"),
        ("b happened", "00-1"),
        ("c.happened", None),
    ]


def test_an_exception_is_its_class_and_frames_and_never_its_message(logs: Logs) -> None:
    try:
        swallow(PRIVATE)
    except ValueError as error:
        structlog.get_logger().exception("event.dead")
        structlog.get_logger().error("event.dead", exc_info=error)
        logging.getLogger("library").exception("it broke")
    lines = logs()
    assert len(lines) == 3
    for line in lines:
        assert line["error"] == "ValueError"
        assert line["frames"][-1].startswith("test_logging.py:")
        assert line["frames"][-1].endswith(" swallow")
    assert PRIVATE not in logs.text


def test_an_exception_that_a_library_logs_later_is_rendered_too(logs: Logs) -> None:
    with pytest.raises(ValueError, match="digest") as caught:
        swallow(PRIVATE)
    error = caught.value
    info = (type(error), error, error.__traceback__)
    logging.getLogger("asyncio").error("a callback failed", exc_info=info)
    [line] = logs()
    assert line["error"] == "ValueError"
    assert PRIVATE not in logs.text


def test_asking_for_a_traceback_where_nothing_was_raised_is_not_an_error(logs: Logs) -> None:
    structlog.get_logger().error("nothing.raised", exc_info=True)
    logging.getLogger("library").error("nothing raised", exc_info=True)  # noqa: LOG014  # the case
    assert [line["event"] for line in logs()] == ["nothing.raised", "nothing raised"]
    assert all("error" not in line for line in logs())


async def test_what_asyncio_reports_of_a_failed_callback_has_no_message(logs: Logs) -> None:
    loop = asyncio.get_running_loop()
    loop.call_soon(swallow, PRIVATE)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [line["error"] for line in logs()] == ["ValueError"]
    assert "can't digest" not in logs.text


@pytest.mark.parametrize("library", ["twilio.http_client", "aio_pika.connection", "httpx2"])
def test_libraries_that_log_addresses_are_quiet(logs: Logs, library: str) -> None:
    logging.getLogger(library).info("POST to whatsapp:+5511987654321")
    assert logs.text == ""


def test_the_level_is_as_configured() -> None:
    with logging_as("test", level="WARNING") as quiet:
        structlog.get_logger().info("a.happened")
        structlog.get_logger().warning("b.happened")
        assert [line["event"] for line in quiet()] == ["b.happened"]


@pytest.mark.usefixtures("logs")
def test_configuring_twice_does_not_print_twice() -> None:
    configure("test")
    configure("test")
    assert len(logging.getLogger().handlers) == 1


TERMINAL = """
import pty, sys
sys.exit(pty.spawn([sys.executable, "-c", sys.argv[1]]) >> 8)
"""
PROGRAM = f"""
import structlog
from handoff_common.logging import configure
configure("test")
log = structlog.get_logger()
log.info("message.released", attempt=2)
try:
    raise ValueError("{PRIVATE}")
except ValueError:
    log.exception("event.dead")
"""


def test_in_a_terminal_it_is_readable_and_as_discreet() -> None:
    printed = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", TERMINAL, PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    assert "message.released" in printed
    assert "ValueError" in printed
    assert "4111" not in printed
    with pytest.raises(json.JSONDecodeError):
        json.loads(printed.splitlines()[0])
