"""The language of fixed texts: a vote of small words, which is enough without a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from handoff_bot.domain.normaliser import words
from handoff_bot.domain.vocabulary import ENGLISH, PORTUGUESE, SPANISH

Language: TypeAlias = Literal["pt-BR", "en", "es"]

_VOTES: Final[dict[Language, frozenset[str]]] = {
    "pt-BR": PORTUGUESE,
    "en": ENGLISH,
    "es": SPANISH,
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The bot's fixed texts in one language; `{business}` stands for the business's name."""

    disclosure: str
    """Before the first message: that this is a bot, and how to reach a person."""
    greeting: str
    thanks: str
    goodbye: str
    rephrase: str
    menu: str
    """Above a numbered list of questions."""
    menu_person: str
    """The last line of the list."""
    offer: str
    declined: str
    attachment: str
    """A file came that the bot can't look at; offers a person."""
    first_reply: str
    """Suggested to the person who takes over."""


def language_of(texts: Iterable[str]) -> Language:
    """Return the language of the first text that tells; Portuguese if none does, or in a draw."""
    for text in texts:
        found = words(text)
        votes: dict[Language, int] = {
            language: sum(word in small for word in found) for language, small in _VOTES.items()
        }
        most = max(votes.values())
        if most:
            leaders: list[Language] = [name for name, count in votes.items() if count == most]
            return leaders[0] if len(leaders) == 1 else "pt-BR"
    return "pt-BR"
