"""Dead letters as a person reads them, and as a program does."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Protocol

from handoff_common.messaging.broker import DeadLetter
from handoff_common.messaging.topology import QUEUES


@dataclass(frozen=True, slots=True)
class Letter:
    """What may be shown: the body is what a customer wrote."""

    queue: str
    id: str
    type: str
    reason: str
    died_at: str
    """ISO 8601, or empty."""


class Letters(Protocol):
    """The part of the broker port that is needed here."""

    async def dead_letters(self, queue: str) -> list[DeadLetter]: ...


async def dead(broker: Letters, queue: str | None) -> list[Letter]:
    """Return the dead letters of a queue, or of all; oldest first in each."""
    return [
        Letter(
            letter.queue,
            letter.id,
            letter.type,
            letter.reason,
            letter.died_at.isoformat() if letter.died_at else "",
        )
        for name in ([queue] if queue else QUEUES)
        for letter in await broker.dead_letters(name)
    ]


def as_documents(letters: Sequence[Letter]) -> list[dict[str, str]]:
    return [asdict(letter) for letter in letters]


def as_table(letters: Sequence[Letter]) -> str:
    """Align the columns; nothing is cut, because `replay` wants the ids."""
    if not letters:
        return "No dead letters."
    rows = [("queue", "id", "type", "reason", "died at"), *map(astuple, letters)]
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(str(cell).ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
