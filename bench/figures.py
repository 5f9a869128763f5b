"""The statistics: what becomes of single times, of repetitions, of a product and its floor."""

from collections.abc import Mapping, Sequence
from math import ceil
from statistics import median
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, float]
"""By name, which ends in the unit: `_ms`, `_us`, or `per_s`, the only one that should be high."""


def percentile(times: Sequence[float], percent: float) -> float:
    """Return the nearest rank: a time that was really met. Raises `ValueError` for no times."""
    if not times:
        raise ValueError("nothing was measured")
    return sorted(times)[max(0, ceil(len(times) * percent / 100) - 1)]


def latencies(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Return median and 99th percentile of times in seconds, in milliseconds."""
    return {f"{name}_p{p}_ms": percentile(seconds, p) * 1000 for p in (50, 99)}


def medians(repetitions: Sequence[Figures]) -> dict[str, float]:
    """Return the median of each figure over the repetitions."""
    return {name: median(values) for name, values in _columns(repetitions).items()}


def best(repetitions: Sequence[Figures]) -> dict[str, float]:
    """Return the best of each figure: the highest rate, the lowest of everything else."""
    return {
        name: max(values) if name.endswith("per_s") else min(values)
        for name, values in _columns(repetitions).items()
    }


def ratios(product: Sequence[Figures], floor: Sequence[Figures]) -> dict[str, float]:
    """Return the median over the repetitions of product ÷ floor, for the figures of both.

    A repetition is compared with the floor of the same moment, so that a neighbour who comes and
    goes during the run touches both sides alike.
    """
    pairs = list(zip(product, floor, strict=True))
    return medians(
        [
            {name: ours[name] / theirs[name] for name in ours if theirs.get(name)}
            for ours, theirs in pairs
        ]
    )


def rounded(figures: Figures) -> dict[str, float]:
    """Return figures for people: four digits that mean something."""
    return {name: float(f"{value:.4g}") for name, value in figures.items()}


def _columns(repetitions: Sequence[Figures]) -> dict[str, list[float]]:
    """Return each figure's values; one that a repetition lacks has fewer."""
    columns: dict[str, list[float]] = {}
    for figures in repetitions:
        for name, value in figures.items():
            columns.setdefault(name, []).append(value)
    return columns
