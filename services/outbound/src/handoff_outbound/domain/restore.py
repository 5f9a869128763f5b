"""What a restore took back: the time between a backup and its restore, of which nothing is known.

What existed when the backup was made may have been sent in that time. So it is never sent for a
first time afterwards: it starts in doubt, and Twilio is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Restore:
    """The database was put back, at `restored_at`, to what it was at `taken_at` or just after."""

    taken_at: datetime
    restored_at: datetime


def lost_time(restores: Sequence[Restore], seen: Iterable[datetime | None]) -> Restore | None:
    """Return the time in which something may have been sent that was last `seen` at these moments.

    None: it was seen after every restore, so what is known of it is true. Restores that came after
    it count as one, from the earliest backup on.
    """
    last = max((moment for moment in seen if moment is not None), default=None)
    later = [each for each in restores if last is not None and last < each.restored_at]
    if not later:
        return None
    return Restore(
        taken_at=min(each.taken_at for each in later),
        restored_at=max(each.restored_at for each in later),
    )
