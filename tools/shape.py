"""Print how long files and functions are and how typed; fail above the limits of CONTRIBUTING.

`src` trees also have limits on what is usual (medians), tests only on the worst.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOTS = ("libs", "services", "tests", "tools", "bench", "deploy")
_SKIPPED = {"node_modules", "migrations", "golden", "__pycache__"}
_IGNORE = re.compile(r"#\s*(type:\s*ignore|pyright:|noqa|ruff:\s*noqa)")

FILE_MAX, FILE_MEDIAN = 300, 100
FUNCTION_MAX, FUNCTION_P90, FUNCTION_MEDIAN = 50, 30, 10
ARGUMENTS_MAX = 6
LINES_PER_IGNORE = 1000

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Shape:
    """Lengths in lines of what was found under one root."""

    name: str
    files: list[int] = field(default_factory=list[int])
    functions: list[int] = field(default_factory=list[int])
    typed: int = 0
    ignores: list[str] = field(default_factory=list[str])
    flaws: list[str] = field(default_factory=list[str])

    @property
    def function_p90(self) -> int:
        return sorted(self.functions)[len(self.functions) * 9 // 10]

    def add(self, path: Path) -> None:
        source = path.read_text()
        lines = source.count("\n")
        self.files.append(lines)
        if lines > FILE_MAX:
            self.flaws.append(f"{path}: {lines} lines, at most {FILE_MAX}")
        self.ignores += [f"{path}:{line}" for line in _ignores(source)]
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, Function):
                self._add_function(path, node)

    def _add_function(self, path: Path, node: Function) -> None:
        place = f"{path}:{node.lineno} {node.name}"
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        self.functions.append(lines)
        if lines > FUNCTION_MAX:
            self.flaws.append(f"{place}: {lines} lines, at most {FUNCTION_MAX}")
        if (count := _arguments(node)) > ARGUMENTS_MAX:
            self.flaws.append(f"{place}: {count} arguments, at most {ARGUMENTS_MAX}")
        if node.returns is None:
            self.flaws.append(f"{place}: no return type")
        else:
            self.typed += 1

    def check_medians(self) -> None:
        for what, value, limit in (
            ("file median", median(self.files), FILE_MEDIAN),
            ("function median", median(self.functions), FUNCTION_MEDIAN),
            ("function p90", self.function_p90, FUNCTION_P90),
        ):
            if value > limit:
                self.flaws.append(f"{self.name}: {what} {value:.0f} lines, at most {limit}")

    def __str__(self) -> str:
        if not self.functions:
            return f"{self.name}: {len(self.files)} files, {sum(self.files)} lines; no functions"
        return (
            f"{self.name}: {len(self.files)} files, {sum(self.files)} lines;"
            f" file median {median(self.files):.0f} max {max(self.files)};"
            f" function median {median(self.functions):.0f} p90 {self.function_p90}"
            f" max {max(self.functions)}; typed {self.typed / len(self.functions):.0%};"
            f" ignores {len(self.ignores)}"
        )


def main(roots: Sequence[str]) -> int:
    shapes = [shape for root in roots or ROOTS for shape in _shapes(Path(root))]
    flaws = [flaw for shape in shapes for flaw in shape.flaws]
    ignores = [place for shape in shapes for place in shape.ignores]
    lines = sum(sum(shape.files) for shape in shapes)
    for shape in shapes:
        print(shape)
    allowed = lines // LINES_PER_IGNORE
    print(f"ignores: {len(ignores)} in {lines} lines, at most {allowed}")
    if len(ignores) > allowed:
        flaws += [f"{place}: an ignore, and there are too many" for place in ignores]
    for flaw in flaws:
        print(flaw)
    return 1 if flaws else 0


def _shapes(root: Path) -> Iterator[Shape]:
    """Yield the shape of a root: its `src` trees, and apart from them the rest (tests)."""
    src, rest = Shape(f"{root} (src)"), Shape(str(root))
    for path in sorted(root.rglob("*.py")):
        if _SKIPPED.isdisjoint(path.parts) and ".gen." not in path.name and path.stat().st_size:
            (src if "src" in path.parts else rest).add(path)
    if src.functions:
        src.check_medians()
    yield from (shape for shape in (src, rest) if shape.files)


def _ignores(source: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and _IGNORE.search(token.string):
            yield token.start[0]


def _arguments(node: Function) -> int:
    """Count what a caller may pass; `self` is not."""
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len(given) - bool(given and given[0].arg in {"self", "cls"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
