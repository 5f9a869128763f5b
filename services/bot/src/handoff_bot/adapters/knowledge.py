"""The knowledge base and the bot's fixed texts, from files."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from handoff_bot.domain.knowledge import Entry, Knowledge
from handoff_bot.domain.language import Language, Texts
from handoff_bot.domain.proposal import NOTE

_PACKAGE = files("handoff_bot")


@dataclass(frozen=True)
class _Book:
    """A knowledge base as it is written down."""

    business: str
    entries: tuple[Entry, ...]


_BOOK = TypeAdapter(_Book)
_TEXTS = TypeAdapter(Texts)


def load_knowledge(path: Path | None = None) -> Knowledge:
    """Read a knowledge base; without a path, the sample of a bakery that does not exist.

    Raises `OSError` for a file that can't be read, `pydantic.ValidationError` for one that is not
    `{"business": …, "entries": [{"id", "question", "answer", "variants": […]}]}`, and its base
    `ValueError` for an id that is there twice.
    """
    source: Path | Traversable = path or _PACKAGE / "knowledge" / "pt-BR.json"
    book = _BOOK.validate_json(source.read_bytes())
    if len({entry.id for entry in book.entries}) < len(book.entries):
        raise ValueError("two entries of the knowledge base have the same id")
    return Knowledge(book.business, book.entries)


def load_rules(business: str) -> str:
    """Return what a model is told before all else, with the names that it is to use."""
    rules = (_PACKAGE / "texts" / "rules.md").read_text("utf-8")
    return rules.replace("{business}", business).replace("{note}", NOTE)


def load_texts(business: str) -> dict[Language, Texts]:
    """Return the fixed texts of every language, with the business's name filled in."""
    languages: tuple[Language, ...] = get_args(Language)
    return {
        language: _TEXTS.validate_json(
            (_PACKAGE / "texts" / f"{language}.json")
            .read_text("utf-8")
            .replace("{business}", business)
        )
        for language in languages
    }
