"""What the business has to say, and how to find it."""

from collections.abc import Sequence
from dataclasses import dataclass

from handoff_bot.domain.bm25 import Hit, Index
from handoff_bot.domain.normaliser import terms


@dataclass(frozen=True, slots=True)
class Entry:
    """One question that customers ask, in the ways they ask it, and the answer."""

    id: str
    question: str
    answer: str
    variants: tuple[str, ...] = ()


class Knowledge:
    """The entries of one business."""

    def __init__(self, business: str, entries: Sequence[Entry]) -> None:
        self.business = business
        self._entries = {entry.id: entry for entry in entries}
        self._by_question = {entry.question: entry for entry in entries}
        self._index = Index(
            {
                entry.id: [terms(phrase) for phrase in (entry.question, *entry.variants)]
                for entry in entries
            }
        )

    @property
    def entries(self) -> Sequence[Entry]:
        """All of them, in the order in which they are written down."""
        return tuple(self._entries.values())

    def search(self, text: str) -> list[Hit]:
        """Return entries that share a term with the text, the best first."""
        return self._index.search(terms(text))

    def entry(self, entry_id: str) -> Entry:
        return self._entries[entry_id]

    def question(self, entry_id: str) -> str:
        """Return what an entry answers; nothing if it is gone since."""
        entry = self._entries.get(entry_id)
        return "" if entry is None else entry.question

    def asked(self, question: str) -> Entry | None:
        """Return the entry with exactly this question."""
        return self._by_question.get(question)
