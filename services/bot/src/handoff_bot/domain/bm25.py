"""Which of a few thousand texts a query is about: Okapi BM25 over an inverted index.

In the process, so that ranking and thresholds are the same over SQLite and PostgreSQL. A text is
stated in several phrases (a question and its variants); it is as good as the best of them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

_K1 = 1.2
_B = 0.75


@dataclass(frozen=True, slots=True)
class Hit:
    """A text, and how well its best phrase fits the query."""

    id: str
    score: float
    """0 to 1: the share of the query's information that is found, less in longer phrases."""
    coverage: float
    """0 to 1: the same whatever the length; 1 when every term is found."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    text_id: str
    length: int


class Index:
    """An index of texts, each given as its phrases, each phrase as its terms."""

    def __init__(self, texts: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._size = len(texts)
        self._texts_with: Counter[str] = Counter()
        self._phrases_with: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._phrases: list[_Phrase] = []
        for text_id, phrases in texts.items():
            self._texts_with.update({term for phrase in phrases for term in phrase})
            for phrase in phrases:
                for term, count in Counter(phrase).items():
                    self._phrases_with[term].append((len(self._phrases), count))
                self._phrases.append(_Phrase(text_id, len(phrase)))
        total = sum(phrase.length for phrase in self._phrases)
        self._mean_length = total / len(self._phrases) if total else 1.0

    def search(self, query: Sequence[str]) -> list[Hit]:
        """Return the texts that share a term with the query, the best first, ties by id.

        Information is inverse document frequency. A term that no text has counts as the rarest of
        all: a query about something else stays low, however common the rest of its words.
        """
        found: dict[int, tuple[float, float]] = {}
        weights = {term: self._weight(term) for term in query}
        whole = sum(weights.values())
        for term, weight in weights.items():
            for number, count in self._phrases_with.get(term, ()):
                relative = self._phrases[number].length / self._mean_length
                damped = weight * count / (count + _K1 * (1 - _B + _B * relative))
                score, coverage = found.get(number, (0.0, 0.0))
                found[number] = score + damped / whole, coverage + weight / whole
        best: dict[str, tuple[float, float]] = {}
        for number, fit in found.items():
            text_id = self._phrases[number].text_id
            best[text_id] = max(best.get(text_id, fit), fit)
        hits = [Hit(text_id, *fit) for text_id, fit in best.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    def _weight(self, term: str) -> float:
        having = self._texts_with[term]
        return log(1 + (self._size - having + 0.5) / (having + 0.5))
