"""Explore the protocol, take every repair away, and say what broke.

`python -m model [--short] [--report FILE] [--tell REPAIR]`, with `tests` on the path. Exits with 1
when a promise is broken, or when a repair can be taken away and nothing breaks.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model.explore import Exploration, explore
from model.rules import Rules
from model.state import Scope
from model.variants import BACKUPS, BEHIND, FULL, SHORT, VARIANTS, Variant, without

PROCESSES = 2


@dataclass(frozen=True)
class Result:
    """Everything one run of the model found."""

    seconds: float
    scopes: dict[Scope, Exploration]
    variants: dict[Variant, Exploration]
    backups: dict[str, Exploration]

    def holds(self) -> bool:
        """Say whether every promise held, and broke wherever its repair was missing."""
        held = (*self.scopes.values(), *self.backups.values())
        return all(found.violation is None for found in held) and all(
            found.violation is not None for found in self.variants.values()
        )

    def report(self) -> dict[str, object]:
        """Shape the result for `reports/model.json`."""
        runs = [*self.scopes.values()]
        return {
            "states": sum(found.states for found in runs),
            "seconds": round(self.seconds, 1),
            "violations": [str(found.violation) for found in runs if found.violation],
            "scopes": [
                {**scope._asdict(), "states": found.states, "seconds": round(found.seconds, 1)}
                for scope, found in self.scopes.items()
            ],
            "variants": {
                variant.name: {
                    "broken_promise": found.violation and found.violation.promise.value,
                    "steps": len(found.violation.steps) if found.violation else 0,
                    "states": found.states,
                }
                for variant, found in self.variants.items()
            },
            "backups": {
                name: {"holds_alone": found.violation is None, "states": found.states}
                for name, found in self.backups.items()
            },
        }


def run(scopes: tuple[Scope, ...], *, loud: bool) -> Result:
    """Explore in two processes; the variants and backups are small and follow."""
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        whole = pool.map(partial(explore, rules=Rules(), loud=loud), scopes)
        broken = pool.map(Variant.explore, VARIANTS)
        alone = pool.map(partial(explore, BEHIND), [without(name) for name in BACKUPS])
        found = dict(zip(scopes, whole, strict=True))
        variants = dict(zip(VARIANTS, broken, strict=True))
        backups = dict(zip(BACKUPS, alone, strict=True))
    return Result(time.perf_counter() - began, found, variants, backups)


def table(result: Result) -> str:
    """Lay the result out for people."""
    lines = ["states     seconds  scope"]
    for scope, found in result.scopes.items():
        budgets = ", ".join(f"{name} {count}" for name, count in scope._asdict().items() if count)
        lines.append(f"{found.states:>9,}  {found.seconds:7.1f}  {budgets}")
        lines += [str(found.violation)] if found.violation else []
    lines += ["", "steps  breaks                                   without"]
    for variant, found in result.variants.items():
        steps = len(found.violation.steps) if found.violation else 0
        promise = found.violation.promise.value if found.violation else "NOTHING"
        lines.append(f"{steps:>5}  {promise:40} {variant.name}")
    for name, found in result.backups.items():
        alone = found.violation or "holds: another stands behind it"
        lines.append(f"       {alone!s:40} {name}")
    total = sum(found.states for found in result.scopes.values())
    verdict = "every promise holds" if result.holds() else "BROKEN"
    return "\n".join([*lines, "", f"{total:,} states in {result.seconds:.1f} s: {verdict}"])


def main() -> int:
    """Run the model from the command line."""
    parser = argparse.ArgumentParser(prog="python -m model", description="Explore the protocol.")
    parser.add_argument("--short", action="store_true", help="smaller budgets, some seconds")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the result as JSON")
    parser.add_argument("--tell", metavar="REPAIR", help="print what happens without this repair")
    options = parser.parse_args()
    if options.tell:
        told = [variant for variant in VARIANTS if options.tell in variant.without]
        print("\n\n".join(f"without {v.name}\n{v.explore().violation}" for v in told))
        return 0 if told else 1
    result = run(SHORT if options.short else FULL, loud=not options.short)
    print(table(result))
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(json.dumps(result.report(), indent=2) + "\n")
    return 0 if result.holds() else 1


if __name__ == "__main__":
    sys.exit(main())
