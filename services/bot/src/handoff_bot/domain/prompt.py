"""What a model is told: rules, then what the business says, then the conversation.

In this order, because what stays the same comes first and is cheaper then. What people wrote is
data: it stands in JSON, where no line of it can pass for somebody else's or for a rule of ours.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from handoff_bot.domain.facts import hidden_cards
from handoff_bot.domain.knowledge import Entry, Knowledge
from handoff_bot.domain.proposal import NOTE
from handoff_bot.domain.turn import Line, Turn

WHOLE = 32_000
"""Characters (about 8,000 tokens) up to which the whole knowledge base goes along."""
PASSAGES = 8
"""How many passages of a larger one."""
MESSAGE = 2_000
"""Characters of one message at most."""

_NAMES: Final = {"customer": "cliente", "bot": "robô", "system": "sistema", "operator": "equipe"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """The three parts, in the order in which a model gets them."""

    rules: str
    passages: str
    conversation: str

    def remarked(self, remark: str) -> "Prompt":
        """Return the prompt with what was wrong about the last answer."""
        if not remark:
            return self
        more = f"\n\nA sua resposta anterior não foi enviada. {remark}"
        return replace(self, conversation=self.conversation + more)


def prompt_of(turn: Turn, knowledge: Knowledge, rules: str) -> Prompt:
    return Prompt(
        rules=rules,
        passages=_listed(
            "passagens",
            [
                {"id": entry.id, "pergunta": entry.question, "resposta": entry.answer}
                for entry in _chosen(turn, knowledge)
            ],
        ),
        conversation="\n".join(
            [
                _listed("conversa", [_said(line) for line in turn.before]),
                *([_json({NOTE: hidden_cards(turn.note)[:MESSAGE]})] if turn.note else []),
                _listed("mensagens_novas", [_said(line) for line in turn.new]),
            ]
        ),
    )


def _chosen(turn: Turn, knowledge: Knowledge) -> Sequence[Entry]:
    """Return all of a small knowledge base, always in one order; else what fits the turn best."""
    entries = knowledge.entries
    if sum(len(entry.question) + len(entry.answer) for entry in entries) <= WHOLE:
        return entries
    asked = [line.text for line in turn.new]
    earlier = [line.text for line in turn.before if line.author == "customer"]
    hits = [*knowledge.search("\n".join(asked)), *knowledge.search("\n".join(earlier[-2:] + asked))]
    best = dict.fromkeys(hit.id for hit in hits)
    return [knowledge.entry(entry_id) for entry_id in best][:PASSAGES]


def _said(line: Line) -> dict[str, str]:
    text = hidden_cards(line.text)[:MESSAGE]
    return {
        "de": _NAMES[line.author],
        "texto": f"{text} (com anexo)".lstrip() if line.attached else text,
    }


def _listed(name: str, items: Sequence[dict[str, str]]) -> str:
    """Return a JSON list with an item a line."""
    return f'{{"{name}": [\n' + ",\n".join(map(_json, items)) + "\n]}"


def _json(item: dict[str, str]) -> str:
    return json.dumps(item, ensure_ascii=False)
