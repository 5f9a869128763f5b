"""The audit of a proposal: what a model may say to a customer, and what becomes of it.

Checked by rules, because a model can be talked into anything: sources exist, figures are in them,
nobody is promised without a handoff. A reply that can't be sent gets one more attempt, told why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handoff_bot.domain.decision import Answer, Clarify, Decision, Escalate, OfferHuman
from handoff_bot.domain.figures import unsupported
from handoff_bot.domain.knowledge import Knowledge
from handoff_bot.domain.language import Language, Texts
from handoff_bot.domain.normaliser import folded, words
from handoff_bot.domain.promises import promises
from handoff_bot.domain.proposal import NOTE, Proposal, Reason
from handoff_bot.domain.scripted import spoken
from handoff_bot.domain.setback import GLITCH, TRUNCATED, Setback
from handoff_bot.domain.turn import Turn
from handoff_common.events import HandoffReason

LIMIT = 1_000
"""Characters of a message; longer ones are not read on a phone."""
OFFERS = 2
"""How often in a row a person is offered before one is called."""

UNKNOWN_SOURCE: Final = Setback(
    "unknown_source", "answer", remark="sources tem um id que não está nas passagens."
)
UNSOURCED: Final = Setback(
    "unsourced", "answer", remark="reply tem de citar sources; senão, outra action."
)
UNSUPPORTED: Final = Setback(
    "unsupported",
    "answer",
    remark="Ela tem números, preços, horários, contatos, links ou vantagens que não estão nas"
    " fontes citadas: copie-os das fontes, cite a fonte certa, ou use offer_human.",
)
REPEATED: Final = Setback(
    "repeated", "answer", remark="Ela repete o que você já disse: use offer_human ou handoff."
)
_REASONS: Final[Mapping[Reason, HandoffReason]] = {
    "customer_request": "customer_request",
    "offer_accepted": "offer_accepted",
    "needs_team": "needs_team",
    "sensitive_topic": "sensitive_topic",
    "cannot_answer": "repeated_failure",
    "none": "bot_choice",
}
"""Reasons of handoffs, as operators know them."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """Judges by what the business says."""

    knowledge: Knowledge
    texts: Mapping[Language, Texts]

    def judge(self, proposal: Proposal, turn: Turn) -> Decision | Setback:
        """Return the decision that a proposal comes to, or why there is none. Total."""
        text = _plain(proposal.text)
        cited = self._cited(proposal.sources, turn)
        flaw = _flaw(text, cited, _echoes(proposal, turn))
        if proposal.action == "handoff":
            return Escalate(_REASONS[proposal.reason], "" if flaw else text)
        if _is_promise(text, cited or ()):
            return Escalate("promised_person", "" if flaw else text)
        if proposal.action == "offer_human":
            return flaw or self._offered(text, proposal, turn)
        if not text:
            return GLITCH
        if proposal.action == "clarify":
            return flaw or (REPEATED if _was_said(text, turn) else Clarify(text))
        answer = Answer(text, tuple(source for source in proposal.sources if source != NOTE))
        return flaw or (answer if cited else UNSOURCED)

    def _offered(self, text: str, proposal: Proposal, turn: Turn) -> OfferHuman | Escalate:
        """Offer a person in fixed words, whose answer needs no model; the third time, call one."""
        own = [line.text for line in turn.before if line.author == "bot"][-OFFERS:]
        offers = [texts.offer for texts in self.texts.values()]
        if len(own) == OFFERS and all(any(offer in said for offer in offers) for said in own):
            return Escalate("repeated_failure")
        offer = self._texts(proposal, turn).offer
        return OfferHuman(f"{text}\n\n{offer}" if text else offer)

    def _cited(self, sources: Sequence[str], turn: Turn) -> Sequence[str] | None:
        """Return what the sources say; nothing at all if one of them is not there."""
        known = {entry.id: entry.answer for entry in self.knowledge.entries}
        if turn.note:
            known.setdefault(NOTE, turn.note)
        if not known.keys() >= set(sources):
            return None
        return [known[source] for source in sources]

    def _texts(self, proposal: Proposal, turn: Turn) -> Texts:
        """Return the fixed texts in the message's language, which ours follow."""
        prefix = proposal.language.strip().lower()[:2]
        named = (texts for language, texts in self.texts.items() if language[:2] == prefix)
        return next(named, self.texts[spoken(turn)])


def _flaw(text: str, cited: Sequence[str] | None, echoed: Sequence[str]) -> Setback | None:
    """Return why a text can't be sent, whatever it is for."""
    if cited is None:
        return UNKNOWN_SOURCE
    if len(text) > LIMIT:
        return TRUNCATED
    return UNSUPPORTED if unsupported(text, cited, echoed=echoed) else None


def _echoes(proposal: Proposal, turn: Turn) -> Sequence[str]:
    """Return the texts whose numbers may be said again: never as what the business says."""
    if proposal.action == "reply":
        return ()
    return [line.text for line in (*turn.before, *turn.new) if line.author == "customer"]


def _is_promise(text: str, cited: Sequence[str]) -> bool:
    """Tell whether a text promises a person where the business itself does not."""
    said = [folded(source) for source in cited]
    return any(not any(phrase in source for source in said) for phrase in promises(text))


def _was_said(text: str, turn: Turn) -> bool:
    """Tell whether the bot asks in words that it has used in this episode."""
    asked = words(text)
    return any(
        line.author == "bot" and words(line.text)[-len(asked) :] == asked for line in turn.before
    )


def _plain(text: str) -> str:
    """Return a text as WhatsApp shows it: one asterisk is bold there, two are two."""
    return text.replace("**", "*").strip()
