"""How commands speak: what was found to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, NoReturn, Protocol, TypeVar

import typer

from handoff_common.settings import BaseServiceSettings
from handoff_standalone.settings import SettingsError, read

FAILED = 1
USAGE = 2

S = TypeVar("S", bound=BaseServiceSettings)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def settings_of(kind: type[S]) -> S:
    """Read settings, or end with what is wrong about them."""
    try:
        return read(kind)
    except SettingsError as error:
        fail(str(error))


def tell(text: str, document: object, *, as_json: bool) -> None:
    """Print what was done or found, for a person or for a program."""
    typer.echo(json.dumps(document, ensure_ascii=False, default=str) if as_json else text)


def fail(reason: str, *, code: int = FAILED) -> NoReturn:
    typer.echo(f"handoff: {reason}", err=True)
    raise typer.Exit(code)


class Advance(Protocol):
    """Called with how far a step is: pieces done, and pieces in all."""

    def __call__(self, done: int, total: int) -> None: ...


@contextmanager
def step(label: str) -> Generator[Advance]:
    """Show how far a long step is: a bar on a terminal, elsewhere one line when it begins."""
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:
        # Pieces are only counted once the step has begun.
        def advance(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield advance
        bar.update((bar.length or 1) - bar.pos)
