"""The report as a short table."""

from collections import Counter
from typing import Any

from bench.run import say

_MEASUREMENTS = {
    "accept": ("webhook accept", ("floor empty", "floor durable")),
    "end_to_end": ("end to end", ("floor pipeline",)),
}
_FIGURES = {
    "alone_p50_ms": "one at a time, p50, ms",
    "alone_p99_ms": "one at a time, p99, ms",
    "together_per_s": "under load, per second",
    "together_p50_ms": "under load, p50, ms",
    "together_p99_ms": "under load, p99, ms",
    "web_cpu_us": "CPU of the web process, µs each",
    "all_cpu_us": "CPU of all, µs each",
}


def show(report: dict[str, Any]) -> None:
    """Print medians and ratios, the cost by process, and what went wrong."""
    for mode, found in report["modes"].items():
        for key, (title, floors) in _MEASUREMENTS.items():
            _measurement(f"{mode}: {title}", found[key], floors)
        costs = found["end_to_end"]["product"]["median"]
        say(f"\n{mode}: CPU per message, end to end, µs (idle: percent of a core)")
        for figure, cost in sorted(costs.items(), key=lambda item: -item[1]):
            if figure.endswith("_cpu_us"):
                name = figure.removesuffix("_cpu_us")
                say(f"  {name:16} {cost:8.0f} {found['idle_cpu_percent'].get(name, 0):8.1f}")
        findings: list[str] = found["findings"]
        for finding, count in Counter(findings).items():
            say(f"  FOUND {count} times: {finding}")
    say(f"\n{report['seconds']} s; load average before {report['machine']['load_average_before']}")


def _measurement(title: str, found: dict[str, Any], floors: tuple[str, ...]) -> None:
    names = (*floors, "product")
    head = "".join(f"{name:>16}" for name in names)
    say(f"\n{title:44}{head}" + "".join(f"{'÷ ' + name:>18}" for name in floors))
    for figure, meaning in _FIGURES.items():
        if figure not in found["product"]["median"]:
            continue
        values = "".join(f"{found[name]['median'][figure]:16.2f}" for name in names)
        ratios = "".join(f"{found['ratios'][name].get(figure, 0):18.2f}" for name in floors)
        say(f"  {meaning:42}{values}{ratios}")
