"""On what it was measured."""

import os
import platform
import sqlite3
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from handoff_common.testing.server import BaseServer

_PACKAGES = (
    "aio-pika", "aiohttp", "aiormq", "asyncpg", "fastapi", "pydantic", "sqlalchemy", "starlette",
    "twilio", "uvicorn", "uvloop",
)  # fmt: skip


def facts() -> dict[str, object]:
    """Return what the figures depend on; the load average is that of before."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "load_average_before": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: version(name) for name in _PACKAGES},
    }


def server_facts(servers: Sequence[BaseServer]) -> dict[str, str]:
    return {str(server.kind): f"{server.version} ({server.how})" for server in servers}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
