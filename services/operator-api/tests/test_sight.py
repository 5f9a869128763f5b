"""Which changes a stream shows, by the lists that it looks at."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from handoff_common.events import OwnerKind
from handoff_operator_api.domain.feed import Change, Sight
from handoff_operator_api.domain.inbox import View

READER, THREAD = uuid4(), uuid4()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def change(owner: OwnerKind, operator: UUID | None = None, version: int = 1) -> Change:
    return Change(THREAD, version, owner, operator, NOON)


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("all", ["bot", "waiting", "claiming", "human"]),
        ("bot", ["bot"]),
        ("closed", ["bot"]),
        ("waiting", ["waiting"]),
        ("human", ["claiming", "human"]),
        ("mine", ["claiming", "human"]),
    ],
)
def test_a_list_shows_what_is_in_it(view: View, shown: list[str]) -> None:
    sight = Sight(READER, frozenset({view}), frozenset())
    owners: tuple[OwnerKind, ...] = ("bot", "waiting", "claiming", "human")
    found = [each for each in owners if sight.covers(change(each, READER), change(each, READER))]
    assert found == shown


def test_what_leaves_a_list_shows_there_once_more() -> None:
    sight = Sight(READER, frozenset({"waiting"}), frozenset())
    assert sight.covers(change("human", uuid4(), 2), change("waiting"))


def test_what_a_colleague_has_is_not_mine() -> None:
    sight = Sight(READER, frozenset({"mine"}), frozenset())
    assert not sight.covers(change("human", uuid4()), change("human", uuid4()))
