"""`.env.example` says what the settings are, all of them and nothing else."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from handoff_common.environment import OLD_NAMES
from handoff_common.settings import BaseServiceSettings

from .world import CLASSES, EVERY, variables

FILE = Path(__file__).parents[3] / ".env.example"
LINES = FILE.read_text().splitlines()


def offered(folder: Path) -> dict[str, str]:
    """Return what the file sets once every line of it is uncommented."""
    path = folder / ".env"
    path.write_text("\n".join(line[1:] for line in LINES if is_offer(line)))
    return {name: value or "" for name, value in dotenv_values(path).items()}


def is_offer(line: str) -> bool:
    return line[:1] == "#" and line[1:2].isupper() and "=" in line


def comment_above(name: str) -> str:
    above = LINES[: next(i for i, line in enumerate(LINES) if line.startswith(f"#{name}="))]
    return next(line for line in reversed(above) if not is_offer(line))


def paragraph_above(name: str) -> str:
    """Return the whole comment above a variable, and what else is offered under it."""
    above = LINES[: next(i for i, line in enumerate(LINES) if line.startswith(f"#{name}="))]
    start = max(i for i, line in enumerate(above) if is_offer(line) or not line)
    return "\n".join(above[start:])


def written(default: object) -> str:
    """Return a default as one writes it in the file."""
    if default is None or default is PydanticUndefined or default == ():
        return ""
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return str(default)


def test_every_setting_of_every_service_is_there_once(tmp_path: Path) -> None:
    names = [line[1:].partition("=")[0] for line in LINES if is_offer(line)]
    assert sorted(names) == sorted(EVERY)
    assert set(offered(tmp_path)) == EVERY


def test_every_service_is_looked_at() -> None:
    """A class that nobody listed would be missing in the file, and nobody would know."""
    for package in iter_modules():
        if package.name.startswith("handoff_") and find_spec(f"{package.name}.settings"):
            import_module(f"{package.name}.settings")
    assert leaves(BaseServiceSettings) == set(CLASSES)


def leaves(kind: type) -> set[type]:
    """Return the classes that nobody inherits from: those that are read."""
    below = [each for each in kind.__subclasses__() if each.__module__.endswith(".settings")]
    return {kind} if not below else {leaf for each in below for leaf in leaves(each)}


@pytest.mark.parametrize(("name", "old"), [(n, o) for n, names in OLD_NAMES.items() for o in names])
def test_an_old_name_is_mentioned_where_todays_is(name: str, old: str) -> None:
    assert old in paragraph_above(name)
    assert old not in EVERY


def test_the_file_as_it_is_sets_nothing() -> None:
    assert not dotenv_values(FILE)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_value_shown_is_a_default_or_said_to_be_an_example(name: str, tmp_path: Path) -> None:
    value = offered(tmp_path)[name]
    defaults = {written(variables(kind)[name]) for kind in CLASSES if name in variables(kind)}
    same = {value, value.replace("off", "False"), f"{value}.0"} & defaults
    assert bool(same) != ("(Example.)" in comment_above(name)), defaults


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__module__)
def test_every_service_understands_the_whole_file(kind: type, tmp_path: Path) -> None:
    offered(tmp_path)
    assert kind(_env_file=tmp_path / ".env")
