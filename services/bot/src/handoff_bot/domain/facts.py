"""What can be found in a customer's words by its shape: numbers, dates, addresses to write to."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from handoff_common.events import FactKind

_MONTHS: Final = (
    "janeiro fevereiro março marco abril maio junho julho agosto setembro outubro novembro dezembro"
)
_DAYS: Final = (
    "segunda terça terca quarta quinta sexta segunda-feira terça-feira terca-feira quarta-feira"
    " quinta-feira sexta-feira sábado sabado domingo hoje ontem amanhã amanha"
)


def _any(words: str) -> str:
    """Return a pattern for one of the words; the longest that fits."""
    return "|".join(sorted(words.split(), key=len, reverse=True))


# In this order: what an earlier pattern took, a later one does not see.
_PATTERNS: Final[Mapping[FactKind, str]] = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "amount": r"R\$ ?\d[\d.]*(?:,\d{1,2})?|\b\d[\d.]*(?:,\d{1,2})? ?reais\b",
    "phone": r"(?<![\w#])(?:\+?55[ -]?)?\(?[1-9]\d\)?[ -]?9?\d{4}[ -]?\d{4}(?!\w)",
    "date": r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b"
    rf"|\b\d{{1,2}}º? de (?:{_any(_MONTHS)})\b|\b(?:{_any(_DAYS)})\b",
    "time": r"\b(?:[01]?\d|2[0-3])(?:h(?:[0-5]\d)?|:[0-5]\d)\b",
    "order": r"(?:\b(?:pedido|encomenda|protocolo|ordem|compra|order)"
    r"(?: (?:de )?(?:n[úu]mero|n[º°]|n\.))?[ :#]*|#)(?P<value>(?=[\w-]*\d)\w[\w-]*)",
    "number": r"(?<![\w,.])\d{3,}(?![\w,.]*\d)",
}
_FINDERS: Final[Mapping[FactKind, re.Pattern[str]]] = {
    kind: re.compile(text, re.IGNORECASE) for kind, text in _PATTERNS.items()
}
# No shorter ones: a phone number with its country's code has 13 digits.
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,18}(?!\d)")
_SHOWN = 4


def facts_in(text: str) -> Iterator[tuple[FactKind, str]]:
    """Yield what is found, kind by kind, in the order in which it was said; no card number."""
    rest = _CARD.sub(lambda found: " " if _is_card(found[0]) else found[0], text)
    for kind, pattern in _FINDERS.items():
        for found in pattern.finditer(rest):
            yield kind, found.groupdict().get("value") or found[0].strip()
        rest = pattern.sub(" ", rest)


def hidden_cards(text: str) -> str:
    """Return the text with the numbers of payment cards hidden but for their last digits."""

    def hide(found: re.Match[str]) -> str:
        return f"•••• {found[0][-_SHOWN:]}" if _is_card(found[0]) else found[0]

    return _CARD.sub(hide, text)


def _is_card(number: str) -> bool:
    """Tell a card number by its check digit (Luhn, ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in reversed(number) if digit.isdecimal()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
