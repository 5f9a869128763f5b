"""Portuguese as people type it on a phone, reduced to terms that can be compared.

Everything here works on text without accents, because half of the customers leave them out. A
stemmer made for accented Portuguese must not follow such a step (then it takes "devolução" and
"devoluções" apart); the suffixes below are those of unaccented words.
"""

import re
import unicodedata
from typing import Final

from handoff_bot.domain.vocabulary import SHORT, STOP

_WORD = re.compile(r"\w+")
_STEM_LENGTH = 3

# Longest first; a plural becomes its singular before anything else is cut.
_PLURALS: Final = (
    ("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"), ("res", "r"),
    ("zes", "z"), ("ns", "m"), ("s", ""),
)  # fmt: skip
_SUFFIXES: Final = (
    "amento", "imento", "mente", "adora", "ador", "ando", "endo", "indo", "acao", "icao", "inha",
    "inho", "aria", "aram", "eram", "cao", "ado", "ada", "ido", "ida", "ou", "am", "em", "ar", "er",
    "ir", "ao", "a", "e", "o", "i",
)  # fmt: skip


def folded(text: str) -> str:
    """Return the text in lower case and without accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of a text, folded and with abbreviations spelled out, in their order."""
    return [word for found in _WORD.findall(folded(text)) for word in SHORT.get(found, (found,))]


def terms(text: str) -> list[str]:
    """Return what a text is about: its words without the empty ones, stemmed, in their order."""
    return [stem(word) for word in words(text) if word not in STOP]


def stem(word: str) -> str:
    """Cut what inflects an unaccented word, and keep at least three letters of it."""
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) - len(plural) + len(singular) >= _STEM_LENGTH:
            word = word.removesuffix(plural) + singular
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM_LENGTH:
            return word.removesuffix(suffix)
    return word
