"""Processor time by process, from `/proc/PID/stat`: what neighbours on the machine change least."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Groups: TypeAlias = Mapping[str, Sequence[int]]
"""The processes of each name; their children count with them."""

_TICKS = os.sysconf("SC_CLK_TCK")
_SERVERS = {"rabbitmq-server": "RabbitMQ", "postgres": "PostgreSQL", "redis-server": "Redis"}
GENERATOR = "generator"


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    ticks: int
    """User and system time, of children that have ended too."""


def usage(groups: Groups) -> dict[str, float]:
    """Return the seconds that each group has used until now, and those of this process itself."""
    stats = dict(_stats())
    children: dict[int, list[int]] = {}
    for pid, stat in stats.items():
        children.setdefault(stat.parent, []).append(pid)

    def ticks(pid: int) -> int:
        below = sum(ticks(child) for child in children.get(pid, ()))
        return below + (stats[pid].ticks if pid in stats else 0)

    own = os.times()
    return {name: sum(ticks(pid) for pid in pids) / _TICKS for name, pids in groups.items()} | {
        GENERATOR: own.user + own.system
    }


def per_message(
    before: Mapping[str, float], after: Mapping[str, float], count: int
) -> dict[str, float]:
    """Return microseconds per message by name."""
    return {name: (after[name] - before[name]) / count * 1e6 for name in before}


def our_servers() -> dict[str, list[int]]:
    """Return the servers that this process has started; one that somebody else runs is unknown."""
    found: dict[str, list[int]] = {}
    for pid, stat in _stats():
        if stat.parent != os.getpid():
            continue
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        for program in map(os.path.basename, command):
            if program in _SERVERS:
                found.setdefault(_SERVERS[program], []).append(pid)
                break
    return found


def _stats() -> Iterator[tuple[int, _Stat]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The program's name, in brackets, may hold anything; the numbers follow it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        yield int(entry.name), _Stat(int(fields[1]), sum(map(int, fields[11:15])))
