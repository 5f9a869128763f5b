"""How much a browser has to load: the budgets of the two pages' builds."""

import gzip
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.web

SERVICES = Path(__file__).parents[2] / "services"
CONSOLE = SERVICES / "operator-api/src/handoff_operator_api/console"
SIMULATOR = SERVICES / "simulator/src/handoff_simulator/page"
PAGES = {"console": CONSOLE, "simulator": SIMULATOR}
KB = 1000
WHOLE, FIRST_SCRIPTS, STYLES = 250 * KB, 170 * KB, 20 * KB
"""Gzipped: everything, what the first page runs, and how it looks."""


def weights(page: str) -> dict[str, int]:
    """Return every file of the build with its gzipped size."""
    files = [path for path in PAGES[page].rglob("*") if path.is_file()]
    assert files, f"the {page} is not built: run `make web`"
    found = {str(path.relative_to(PAGES[page])): path.read_bytes() for path in files}
    return {name: len(gzip.compress(body)) for name, body in found.items()}


def references(page: str) -> list[str]:
    """Return what the page asks for before anything has run."""
    return re.findall(r'(?:src|href)="([^"#]+)"', (PAGES[page] / "index.html").read_text())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_and_all_that_it_may_load_is_within_250_kb(page: str) -> None:
    sizes = weights(page)
    assert sum(sizes.values()) <= WHOLE, sizes


@pytest.mark.parametrize("page", PAGES)
def test_no_more_than_170_kb_of_scripts_run_at_first(page: str) -> None:
    sizes = weights(page)
    named = [ref.lstrip("./") for ref in references(page) if ref.endswith(".js")]
    assert named
    assert sum(sizes[name] for name in named) <= FIRST_SCRIPTS, {n: sizes[n] for n in named}


@pytest.mark.parametrize("page", PAGES)
def test_the_styles_are_within_20_kb(page: str) -> None:
    sizes = {name: size for name, size in weights(page).items() if name.endswith(".css")}
    assert sizes
    assert sum(sizes.values()) <= STYLES, sizes


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    assert [ref for ref in references(page) if ref.startswith(("http:", "https:", "//"))] == []
