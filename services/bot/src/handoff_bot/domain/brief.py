"""The plain brief of a handoff: what a person should know, put together by rules.

It stands when no model is there or the model fails, so it claims nothing that was not said: the
customer's own words, cleaned; what can be found in them; and what the bot answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handoff_bot.domain.facts import facts_in, hidden_cards
from handoff_bot.domain.knowledge import Knowledge
from handoff_bot.domain.language import Language, Texts, language_of
from handoff_bot.domain.normaliser import words
from handoff_bot.domain.vocabulary import GOODBYES, GREETINGS, THANKS
from handoff_common.events import Attempt, Brief, Fact, ReasonCategory, Want

WANTS, TRIED, FACTS = 4, 4, 12
"""How many of each a brief shows at most: the last ones."""
LINE, QUOTE = 200, 90
"""Characters of a line at most, and of the customer's words within the summary."""

_CATEGORIES: Final[Mapping[str, ReasonCategory]] = {
    "customer_request": "asked_for_person",
    "offer_accepted": "asked_for_person",
    "repeated_failure": "not_understood",
    "bot_failed": "bot_unavailable",
    "bot_silent": "bot_unavailable",
    "send_failed": "bot_unavailable",
    "late": "late",
    "restored": "late",
    "takeover": "taken_over",
}
_WHY: Final[Mapping[ReasonCategory, str]] = {
    "asked_for_person": "A pessoa pediu atendimento humano.",
    "not_understood": "Não entendi o que a pessoa precisa, mesmo perguntando de novo.",
    "bot_unavailable": "Não consegui responder a tempo.",
    "late": "A mensagem ficou muito tempo sem resposta.",
    "taken_over": "A conversa foi assumida sem que eu pedisse.",
    "other": "Preferi passar para uma pessoa.",
}
_OWN_WORDS: Final[Mapping[str, str]] = {
    "restored": "A mensagem é de antes de uma restauração: talvez já tenha sido respondida.",
    "needs_team": "Só a equipe pode resolver isto.",
    "sensitive_topic": "O assunto pede uma pessoa.",
    "promised_person": "Eu disse que alguém da equipe ajudaria.",
}
"""Of reasons that their category does not say enough about."""
_SMALL_TALK = GREETINGS | THANKS | GOODBYES


@dataclass(frozen=True, slots=True)
class Remark:
    """One message of the episode."""

    seq: int
    author: str
    """`customer`, `bot`, `system` (the router's own words) or `operator`."""
    text: str
    attached: bool = False
    """A file or a place came with it, which the text does not tell."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clerk:
    """Writes plain briefs; knows what the bot knows, to tell what it was talking about."""

    knowledge: Knowledge
    texts: Mapping[Language, Texts]

    def brief(self, reason: str, episode: Sequence[Remark]) -> Brief:
        """Return the brief of a handoff, from what was said until it opened; total."""
        said = [remark for remark in episode if remark.author == "customer"]
        category: ReasonCategory = _CATEGORIES.get(reason, "other")
        wants = _wants(said)
        language = language_of(remark.text for remark in reversed(said))
        return Brief(
            category=category,
            summary=_summary(_OWN_WORDS.get(reason, _WHY[category]), wants),
            wants=wants,
            facts=_facts(said),
            tried=tuple(self._tried(episode))[-TRIED:],
            language=language,
            first_reply=self.texts[language].first_reply,
        )

    def _tried(self, episode: Sequence[Remark]) -> Iterable[Attempt]:
        """Yield what the bot said that was more than small talk, with what it answered."""
        question, idle = "", False
        for remark in episode:
            if remark.author == "customer":
                question, idle = _line(remark), _is_empty(remark)
            elif remark.author == "bot" and not (idle or self._is_small_talk(remark.text)):
                yield Attempt(
                    question=question,
                    answer=_cut(self._undisclosed(remark.text), LINE),
                    topics=tuple(filter(None, map(self.knowledge.question, remark.sources))),
                    sources=remark.sources,
                    helped=bool(remark.sources),
                    seq=remark.seq,
                )

    def _is_small_talk(self, text: str) -> bool:
        return any(
            wording in text
            for texts in self.texts.values()
            for wording in (texts.greeting, texts.thanks, texts.goodbye, texts.declined)
        )

    def _undisclosed(self, text: str) -> str:
        """Return the text without the bot's introduction of itself."""
        for texts in self.texts.values():
            text = text.removeprefix(texts.disclosure)
        return text


def _wants(said: Sequence[Remark]) -> tuple[Want, ...]:
    """Return the customer's last lines: without greetings, and none twice.

    Only greetings: then the last of them, because a brief without any words would look broken.
    """
    meant = [remark for remark in said if not _is_empty(remark)] or list(said[-1:])
    last = {_line(remark): remark.seq for remark in meant}
    return tuple(Want(text=text, seq=last[text]) for text in sorted(last, key=last.__getitem__))[
        -WANTS:
    ]


def _is_empty(remark: Remark) -> bool:
    return not remark.attached and _SMALL_TALK.issuperset(words(remark.text))


def _line(remark: Remark) -> str:
    """Return a message as one line, with what came attached."""
    text = _cut(hidden_cards(remark.text), LINE)
    if not remark.attached:
        return text
    return f"{text} (com anexo)" if text else "(anexo)"


def _facts(said: Sequence[Remark]) -> tuple[Fact, ...]:
    found: dict[tuple[str, str], Fact] = {}
    for remark in said:
        for kind, value in facts_in(remark.text):
            found[kind, value] = Fact(kind=kind, value=value, seq=remark.seq)
    return tuple(found.values())[-FACTS:]


def _summary(why: str, wants: Sequence[Want]) -> str:
    if not wants:
        return why
    return f"{why} Última mensagem: “{_cut(wants[-1].text, QUOTE)}”"


def _cut(text: str, length: int) -> str:
    """Return the text on one line, with an ellipsis where it goes on."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"
