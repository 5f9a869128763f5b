"""The bot that needs no model: small talk, a numbered menu, the best answer of the knowledge base.

It keeps no state. What it asked last, and how often it did not understand, it reads from its own
words in the transcript; so the same turn gives the same decision on any worker, at any delivery.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from handoff_bot.domain.decision import Answer, Clarify, Decision, Escalate, OfferHuman
from handoff_bot.domain.knowledge import Entry, Knowledge
from handoff_bot.domain.language import Language, Texts, language_of
from handoff_bot.domain.normaliser import terms, words
from handoff_bot.domain.turn import Line, Turn
from handoff_bot.domain.vocabulary import GOODBYES, GREETINGS, NO, PERSON, THANKS, YES

_DIGIT = re.compile(r"\W*(?:(?:op[cç][aã]o|n[uú]mero|option|opci[oó]n)\s*)?(\d)\W*", re.IGNORECASE)
_ITEM = re.compile(r"^(\d) - (.+)$", re.MULTILINE)
_PERSON = "0"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores of the search, 0 to 1; tuned on a small set, to be checked with a business's own."""

    answer: float = 0.18
    gap: float = 0.03
    """By how much the best must lead to be given as the answer."""
    coverage: float = 0.7
    """How much of what was asked the answer must be about: "quanto custa um carro" is no question
    about parking, although nothing else here has to do with cars."""
    menu: float = 0.06
    choices: int = 3
    answers: int = 3
    """How many questions of one burst are answered at once."""


@dataclass(frozen=True, slots=True)
class Script:
    """What the scripted bot goes by."""

    knowledge: Knowledge
    texts: Mapping[Language, Texts]
    thresholds: Thresholds = Thresholds()

    def decide(self, turn: Turn) -> Decision:
        """Decide a turn; total, the same every time."""
        texts = self.texts[spoken(turn)]
        said = "\n".join(line.text for line in turn.new)
        attached = any(line.attached for line in turn.new)
        return (
            self._replied_to(turn, texts)
            or (None if attached else _small_talk(said, texts))
            or self._found(turn.new)
            or self._not_found(turn, said, texts)
        )

    def settled(self, turn: Turn) -> Decision | None:
        """Decide what needs no model: a reply to our own question, and files without words."""
        if not any(line.text.strip() for line in turn.new):
            return self.decide(turn)
        return self._replied_to(turn, self.texts[spoken(turn)])

    def _replied_to(self, turn: Turn, texts: Texts) -> Decision | None:
        """Take a reply to what the bot asked last: a digit to a menu, yes or no to an offer."""
        last = next((line for line in reversed(turn.before) if line.author == "bot"), None)
        if last is None:
            return None
        said = turn.new[-1].text
        digit = _DIGIT.fullmatch(said)
        items = dict(_ITEM.findall(last.text)) if self._asks(last, "menu") else {}
        if digit is not None and digit[1] in items:
            if digit[1] == _PERSON:
                return Escalate("customer_request")
            entry = self.knowledge.asked(items[digit[1]])
            return None if entry is None else _answer([entry])
        if self._asks(last, "offer") or self._asks(last, "attachment"):
            if _only(said, YES):
                return Escalate("offer_accepted")
            if _only(said, NO):
                return Answer(texts.declined)
        return None

    def _found(self, new: Sequence[Line]) -> Answer | None:
        """Answer every question of the burst if each has an answer, else the burst as one."""
        meant = [line.text for line in new if terms(line.text)]
        single = [entry for text in meant if (entry := self._best(text)) is not None]
        if meant and len(single) == len(meant):
            distinct = list({entry.id: entry for entry in single}.values())
            return _answer(distinct[: self.thresholds.answers])
        joined = self._best("\n".join(meant))
        return None if joined is None else _answer([joined])

    def _best(self, text: str) -> Entry | None:
        """Return the entry that clearly fits the text, if there is one."""
        hits = self.knowledge.search(text)
        if not hits or hits[0].score < self.thresholds.answer:
            return None
        if hits[0].coverage < self.thresholds.coverage:
            return None
        if len(hits) > 1 and hits[0].score - hits[1].score < self.thresholds.gap:
            return None
        return self.knowledge.entry(hits[0].id)

    def _not_found(self, turn: Turn, said: str, texts: Texts) -> Decision:
        """Ask, then offer a person, then call one."""
        misses = self._misses(turn.before)
        if misses > 1:
            return Escalate("repeated_failure")
        if misses == 1 or PERSON.intersection(words(said)):
            return OfferHuman(texts.offer)
        if any(line.attached for line in turn.new):
            return OfferHuman(texts.attachment)
        hits = self.knowledge.search(said)
        choices = [hit for hit in hits if hit.score >= self.thresholds.menu]
        if not choices:
            return Clarify(texts.rephrase)
        return Clarify(self._menu([hit.id for hit in choices[: self.thresholds.choices]], texts))

    def _menu(self, ids: Sequence[str], texts: Texts) -> str:
        items = [
            f"{number} - {self.knowledge.entry(entry_id).question}"
            for number, entry_id in enumerate(ids, start=1)
        ]
        return "\n".join([texts.menu, *items, f"{_PERSON} - {texts.menu_person}"])

    def _misses(self, before: Sequence[Line]) -> int:
        """Count how often in a row, until now, the bot did not know what to say."""
        own = [line for line in reversed(before) if line.author == "bot"]
        return len(list(takewhile(self._is_miss, own)))

    def _is_miss(self, line: Line) -> bool:
        return any(self._asks(line, kind) for kind in ("rephrase", "menu", "offer", "attachment"))

    def _asks(self, line: Line, kind: str) -> bool:
        """Tell whether a line of the bot's is one of its fixed texts, in any language.

        Contained, not equal: the disclosure may stand before it, and the menu's items behind it.
        """
        wording: Callable[[Texts], str] = _WORDING[kind]
        return any(wording(texts) in line.text for texts in self.texts.values())


_WORDING: Mapping[str, Callable[[Texts], str]] = {
    "rephrase": lambda texts: texts.rephrase,
    "menu": lambda texts: texts.menu,
    "offer": lambda texts: texts.offer,
    "attachment": lambda texts: texts.attachment,
}


def spoken(turn: Turn) -> Language:
    """Return the customer's language: of the burst, else of what they wrote before."""
    earlier = [line.text for line in reversed(turn.before) if line.author == "customer"]
    return language_of(["\n".join(line.text for line in turn.new), *earlier])


def _answer(entries: Sequence[Entry]) -> Answer:
    return Answer(
        "\n\n".join(entry.answer for entry in entries), tuple(entry.id for entry in entries)
    )


def _small_talk(said: str, texts: Texts) -> Answer | None:
    if _only(said, GREETINGS):
        return Answer(texts.greeting)
    if _only(said, GREETINGS | THANKS):
        return Answer(texts.thanks)
    if _only(said, GREETINGS | THANKS | GOODBYES):
        return Answer(texts.goodbye)
    return None


def _only(said: str, known: frozenset[str]) -> bool:
    """Tell whether a text is made of these words, and of at least one."""
    found = words(said)
    return bool(found) and known.issuperset(found)
