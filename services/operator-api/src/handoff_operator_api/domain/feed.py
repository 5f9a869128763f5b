"""What the live feed tells, and whom: only those who look."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from handoff_common.events import OwnerKind
from handoff_operator_api.domain.inbox import View

REPLAY = 500
"""So many conversations are told again after a gap; beyond, reading the lists anew costs less."""
REMEMBERED = 20_000
"""Conversations whose last owner is kept, to know which views one has left."""


@dataclass(frozen=True, slots=True)
class Change:
    """A conversation is at a version now. `time` is the row's, by the database's clock."""

    conversation_id: UUID
    version: int
    owner: OwnerKind
    operator_id: UUID | None
    time: datetime


@dataclass(frozen=True, slots=True)
class Resync:
    """Changes may have been missed: read again what is on the screen."""


Told = Change | Resync


@dataclass(frozen=True, slots=True)
class Sight:
    """What one stream looks at."""

    reader: UUID
    views: frozenset[View]
    open: frozenset[UUID]
    """Conversations whose thread is open."""

    def covers(self, change: Change, before: Change | None) -> bool:
        """Tell whether the change shows: in a thread, in a list, or by leaving a list.

        Without the version before this one nobody knows which list it has left: then it shows.
        """
        if change.conversation_id in self.open or before is None:
            return True
        return any(
            _is_in(view, each, self.reader) for view in self.views for each in (before, change)
        )


def _is_in(view: View, change: Change, reader: UUID) -> bool:
    match view:
        case "all":
            return True
        case "waiting" | "bot":
            return change.owner == view
        case "closed":
            return change.owner == "bot"
        case "human":
            return change.owner in ("claiming", "human")
        case "mine":
            return change.owner in ("claiming", "human") and change.operator_id == reader


class Memory:
    """The last version known of each conversation; those that changed least recently are lost."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._last: OrderedDict[UUID, Change] = OrderedDict()

    def before(self, change: Change) -> Change | None:
        """Return the version just before this one if it is known, and remember this one."""
        known = self._last.get(change.conversation_id)
        if known is None or known.version < change.version:
            self._last[change.conversation_id] = change
            self._last.move_to_end(change.conversation_id)
            if len(self._last) > self._size:
                self._last.popitem(last=False)
        return known if known is not None and known.version == change.version - 1 else None

    def forget(self) -> None:
        """Know nothing any more: changes were missed."""
        self._last.clear()
