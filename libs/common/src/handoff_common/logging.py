"""Structured logs: JSON for machines, readable in a terminal when there is one."""

import logging
import sys
import traceback
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# These log addresses and whole requests at INFO (the Twilio SDK: URLs with phone numbers), or at
# DEBUG everything that passes through them (aiosqlite: each statement with its parameters).
_LOUD = (
    "twilio", "aiohttp", "aio_pika", "aiormq", "aiosqlite", "alembic", "asyncio", "fakeredis",
    "google_genai", "httpcore2", "httpx2", "multipart", "pamqp", "redis", "sqlalchemy",
)  # fmt: skip


def configure(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log, ours and the libraries', through structlog to standard output.

    `stream`: another place; a command's own output must stay readable for programs.
    """
    out = stream or sys.stdout
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
    ]
    terminal = out.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _traceback_without_values,  # in a terminal too: its renderer shows local variables
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(service: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return add


def _traceback_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Render an exception as its type and the frames it went through.

    Never its message: libraries quote what they choke on, and that is what a customer wrote.
    """
    info = event.pop("exc_info", None)
    if not info:
        return event
    if isinstance(info, tuple):  # (class, exception, traceback), as the standard library has it
        info = cast("tuple[object, ...]", info)[1]
    error = info if isinstance(info, BaseException) else sys.exc_info()[1]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["frames"] = [
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in frames[-12:]
        ]
    return event
