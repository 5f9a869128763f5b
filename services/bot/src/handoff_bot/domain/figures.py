"""Figures: what a customer could hold the business to, and what can be checked word by word.

Prices, hours, numbers, telephones, links, and words like "grátis". A model's reply may have only
figures of what it cites. Numbers in words ("vinte vagas") are not seen, but for money.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from handoff_bot.domain.normaliser import folded

Kind: TypeAlias = Literal[
    "email", "link", "amount", "percent", "phone", "time", "number", "concession"
]

_COINS: Final[Mapping[str, str]] = {
    "r$": "brl", "brl": "brl", "real": "brl", "reais": "brl", "centavo": "cent", "centavos": "cent",
    "us$": "usd", "usd": "usd", "dolar": "usd", "dolares": "usd", "dollar": "usd", "dollars": "usd",
    "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "$": "$", "peso": "$", "pesos": "$",
}  # fmt: skip
_CONCESSIONS: Final[Mapping[str, str]] = {
    "free": r"gratis|gratuit\w*|de graca|cortesia|brindes?|for free|free of charge",
    "discount": r"descontos?|descuentos?|discount\w*|promoc(?:ao|oes)|promocion\w*",
    "refund": r"reembols\w*|estorn\w*|refund\w*|indeniz\w*",
}
"""What gives something away: the classic that a bot is talked into."""
_COIN = "|".join(coin for coin in _COINS if coin.isalpha())
_NUMBER = r"\d+(?:[.,]\d+)*"
_THOUSANDS = 3
_NOON = 12

# In this order: what an earlier pattern took, a later one does not see.
_PATTERNS: Final[Mapping[Kind, str]] = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "link": r"(?:\w+://|www\.)\S+|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?",
    "amount": rf"(?P<sign>r\$|us\$|\$|€)\s*(?P<after>{_NUMBER}(?:\s*mil\b)?)"
    rf"|(?P<before>{_NUMBER}(?:\s*mil)?)\s*(?:de\s+)?(?P<coin>{_COIN})\b"
    r"|[^\W\d_]+\s+(?:reais|dolar(?:es)?|dollars?|euros?|por cento|percent|por ciento)\b",
    "percent": rf"({_NUMBER})\s*(?:%|(?:por cento|percent|por ciento)\b)",
    "phone": r"\+?\(?\d(?:[ ().-]{0,3}\d){7,}",
    "time": r"(?<![\d.,:])(?P<hour>2[0-4]|[01]?\d)"
    r"(?:\s?h(?:(?P<past>[0-5]\d)|rs?|s)?\b|:(?P<minute>[0-5]\d)(?:\s?h)?\b|(?=\s?[ap]\.?m\b))"
    r"(?:\s?(?P<half>[ap])\.?m\b)?",
    "number": _NUMBER,
    "concession": "|".join(rf"(?P<{name}>\b(?:{it})\b)" for name, it in _CONCESSIONS.items()),
}
_FINDERS: Final[Mapping[Kind, re.Pattern[str]]] = {
    kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. Two that mean the same have the same value, as "R$ 6" and "6,00 reais"."""

    kind: Kind
    value: str


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text, kind by kind; every digit is in one of them."""
    rest = text.lower()
    for kind, finder in _FINDERS.items():
        if kind == "amount":  # an address with another accent is another address; a word is not
            rest = folded(rest)
        for found in finder.finditer(rest):
            yield Figure(kind, _READERS[kind](found))
        rest = finder.sub(" ", rest)


def unsupported(
    text: str, cited: Iterable[str], *, echoed: Iterable[str] = ()
) -> tuple[Figure, ...]:
    """Return the figures of a text that nothing cited has, each once.

    `echoed`: texts that count for plain numbers only ("three boxes?" may be asked of who wrote 3
    caixas), and never for money, hours or addresses.
    """
    known = {figure for source in cited for figure in figures(source)}
    numbers = {_plain(figure) for figure in known} | {
        figure.value for source in echoed for figure in figures(source) if figure.kind == "number"
    }
    return tuple(
        dict.fromkeys(
            figure
            for figure in figures(text)
            if figure not in known
            and not (figure.kind == "number" and figure.value in numbers)
            and not (figure.kind == "phone" and _is_known_phone(figure, known))
        )
    )


def _is_known_phone(said: Figure, known: Iterable[Figure]) -> bool:
    """Tell whether it is a known telephone without its area, or with Brazil's country code."""
    return any(
        phone.kind == "phone"
        and (phone.value.endswith(said.value) or said.value == f"55{phone.value}")
        for phone in known
    )


def _plain(known: Figure) -> str:
    """Return a figure's number without what it counts: "das 7 às 13h" may be said of "7h"."""
    match known.kind:
        case "time":
            return known.value.removesuffix(":00")
        case "amount" | "percent":
            return known.value.partition(" ")[0]
        case _:
            return known.value


def _link(found: re.Match[str]) -> str:
    return re.sub(r"^(?:\w+://)?(?:www\.)?", "", found[0]).rstrip(".,;:!?)]}>*_~\"'/")


def _amount(found: re.Match[str]) -> str:
    coin, number = found["sign"] or found["coin"], found["after"] or found["before"]
    if number is None:
        return " ".join(found[0].split())  # "dez reais"
    digits, thousand, _ = number.partition("mil")
    value = _number(digits.strip())
    return f"{value}{'000' if thousand and '.' not in value else thousand} {_COINS[coin]}"


def _number(written: str) -> str:
    """Return a number in one notation; a last group of three digits counts thousands."""
    *groups, last = re.split(r"[.,]", written)
    if not groups or len(last) == _THOUSANDS:
        return ("".join(groups) + last).lstrip("0") or "0"
    fraction = last.rstrip("0")
    whole = "".join(groups).lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found["hour"]), found["past"] or found["minute"] or "00"
    if found["half"] and hour <= _NOON:
        hour = hour % _NOON + (_NOON if found["half"] == "p" else 0)
    return f"{hour}:{minute}"


_READERS: Final[Mapping[Kind, Callable[[re.Match[str]], str]]] = {
    "email": lambda found: found[0],
    "link": _link,
    "amount": _amount,
    "percent": lambda found: _number(found[1]),
    "phone": lambda found: "".join(filter(str.isdecimal, found[0])),
    "time": _time,
    "number": lambda found: _number(found[0]),
    "concession": lambda found: found.lastgroup or "",
}
"""What each is worth, in one notation."""
