"""How much a browser has to load: the budgets of the console's build."""

import gzip
import re

import pytest

from handoff_operator_api.adapters.console import load_console

pytestmark = pytest.mark.web

KB = 1000
WHOLE, FIRST_SCRIPTS, STYLES = 250 * KB, 170 * KB, 20 * KB
"""Gzipped: everything, what the first page runs, and how it looks."""


def weights() -> dict[str, int]:
    """Return every file of the build with its gzipped size."""
    built = load_console()
    assert built, "the console is not built: run `make console`"
    return {path: len(gzip.compress(asset.body)) for path, asset in built.items()}


def named_by_the_page(ending: str) -> set[str]:
    """Return what the page asks for before anything has run."""
    page = load_console()["index.html"].body.decode()
    return set(re.findall(rf'(?:src|href)="/([^"]+\.{ending})"', page))


def test_the_whole_console_is_within_250_kb() -> None:
    sizes = weights()
    assert sum(sizes.values()) <= WHOLE, sizes


def test_the_first_page_runs_no_more_than_170_kb() -> None:
    sizes, named = weights(), named_by_the_page("js")
    assert named
    assert sum(sizes[path] for path in named) <= FIRST_SCRIPTS, {
        path: sizes[path] for path in named
    }


def test_the_styles_are_within_20_kb() -> None:
    sizes = {path: size for path, size in weights().items() if path.endswith(".css")}
    assert sizes
    assert sum(sizes.values()) <= STYLES, sizes


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = load_console()["index.html"].body.decode()
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
