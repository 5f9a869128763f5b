"""Whatever is lost in between: in the end a reader knows what the table says."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from handoff_common.database import table_of
from handoff_common.events import ConversationChanged, OwnerKind
from handoff_common.tables import ContactRow, ConversationRow

from .streams import Event, Stream, stream
from .world import World

CONVERSATIONS = 2
OTHERS = ("drop", "connect", "read", "lose", "arrive")
OWNERS: tuple[OwnerKind, ...] = ("bot", "waiting", "claiming", "human")


@dataclass(frozen=True, slots=True)
class Act:
    """What happens next."""

    what: str
    index: int = 0
    owner: OwnerKind = "bot"
    age: int = 0


@dataclass
class Reader:
    """A console: lists what it looks at, follows the stream, and reads anew when it is told to."""

    house: World
    browser: httpx2.AsyncClient
    view: str
    held: dict[str, int] = field(default_factory=dict[str, int])
    """Versions of what is in the list."""
    seen: dict[str, int] = field(default_factory=dict[str, int])
    """The highest version known of each, in the list or not."""
    last: str = ""
    opened: Stream | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def connect(self) -> None:
        if self.opened is None:
            query = [("view", self.view)]
            entering = stream(self.house.app, self.browser, query, last=self.last)
            was_new, self.opened = not self.last, await self._stack.enter_async_context(entering)
            await self.take(await self.opened.next())
            if was_new:
                await self.list()

    async def drop(self) -> None:
        """Lose the connection with whatever was on its way."""
        self.opened = None
        await self._stack.aclose()

    async def list(self) -> None:
        """Read the list; it may be older than what the stream has told since."""
        query = {"view": self.view, "limit": 100}
        page = (await self.browser.get("/api/conversations", params=query)).json()
        fresh = {item["id"]: item["version"] for item in page["items"]}
        gone = {who for who, version in self.held.items() if version <= self.seen.get(who, 0)}
        for who in gone - fresh.keys():
            del self.held[who]
        for who, version in fresh.items():
            if version >= self.seen.get(who, 0):
                self.held[who] = self.seen[who] = version

    async def take(self, event: Event) -> None:
        self.last = event.id or self.last
        if event.name == "resync":
            await self.list()
        elif event.name == "conversation":
            who, version = event.data["conversation_id"], event.data["version"]
            if version <= self.seen.get(who, 0):
                return
            self.seen[who] = version
            self.held.pop(who, None)
            if self._shows(event.data):
                self.held[who] = version

    async def catch_up(self) -> None:
        """Take all that has come; a change of another conversation marks the end."""
        await self.connect()
        assert self.opened is not None
        mark = uuid4()
        self.house.router.hint(
            ConversationChanged(
                id=uuid4(), time=datetime.now(UTC), conversation_id=mark, version=1, owner="bot"
            )
        )
        while (event := await self.opened.next()).data.get("conversation_id") != str(mark):
            await self.take(event)

    def _shows(self, data: dict[str, str]) -> bool:
        if self.view == "human":
            return data["owner"] in ("claiming", "human")
        return self.view in ("all", data["owner"])


@dataclass
class Table:
    """The rows as the router leaves them, and its hints, of which some are lost or late."""

    house: World
    ids: list[UUID] = field(default_factory=list[UUID])
    versions: dict[UUID, tuple[int, OwnerKind]] = field(
        default_factory=dict[UUID, tuple[int, OwnerKind]]
    )
    late: list[ConversationChanged] = field(default_factory=list[ConversationChanged])

    async def change(self, index: int, owner: OwnerKind, age: int) -> ConversationChanged:
        """Commit a change whose moment is up to a minute ago; return its hint."""
        who = self.ids[index]
        version = self.versions[who][0] + 1
        moment = datetime.now(UTC) - timedelta(seconds=age)
        self.versions[who] = (version, owner)
        await self.house.change(who, version=version, owner=owner, updated_at=moment)
        return ConversationChanged(
            id=uuid4(), time=moment, conversation_id=who, version=version, owner=owner
        )

    def shown(self, view: str) -> dict[str, int]:
        owners = {"all": OWNERS, "human": ("claiming", "human")}.get(view, (view,))
        return {
            str(who): version for who, (version, owner) in self.versions.items() if owner in owners
        }


def _stories(*fates: str) -> st.SearchStrategy[list[Act]]:
    """Return stories whose hints meet these fates."""
    owners = st.sampled_from(OWNERS)
    change = st.builds(
        Act, st.sampled_from(fates), st.integers(0, CONVERSATIONS - 1), owners, st.integers(0, 58)
    )
    other = st.builds(Act, st.sampled_from(OTHERS))
    return st.lists(st.one_of(change, change, change, other), min_size=4, max_size=25)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    view=st.sampled_from(["all", "waiting", "human", "bot"]),
    gone=st.none() | st.lists(st.integers(0, 59), min_size=CONVERSATIONS, max_size=CONVERSATIONS),
    # After a loss everything is read anew, which would heal whatever else went wrong.
    story=_stories("told") | _stories("told", "told late") | _stories("told", "told never"),
)
@example(view="waiting", gone=None, story=[Act("told", 0, "waiting"), Act("told", 0, "bot")])
@example(view="all", gone=[40, 10], story=[Act("connect"), Act("drop")])
@example(
    view="all", gone=None, story=[Act("told", age=5), Act("read"), Act("told never"), Act("lose")]
)
async def test_in_the_end_the_reader_holds_what_the_table_says(
    house: World,
    view: str,
    gone: list[int] | None,
    story: list[Act],
) -> None:
    table, reader = await _begin(house, view)
    if gone is not None:
        await _away_for_an_hour(table, reader, gone)
    # A hint is lost only with a connection: the broker's to us, which we then notice.
    is_lost = False
    for act in story:
        if act.what in OTHERS:
            await _act(act.what, house, table, reader)
            is_lost = is_lost and act.what != "lose"
            continue
        hint = await table.change(act.index, act.owner, act.age)
        is_lost = is_lost or act.what == "told never"
        if act.what == "told":
            house.router.hint(hint)
        elif act.what == "told late":
            table.late.append(hint)
    for hint in table.late:
        house.router.hint(hint)
    if is_lost:
        await _lose(house)
    try:
        await reader.catch_up()
    finally:
        await reader.drop()
        await reader.browser.aclose()
    assert reader.held == table.shown(view)


async def _begin(house: World, view: str) -> tuple[Table, Reader]:
    async with house.database.write() as connection:
        for row in (ConversationRow, ContactRow):
            await connection.execute(delete(table_of(row)))
    table = Table(house)
    for _ in range(CONVERSATIONS):
        table.ids.append(await house.conversation(version=1, updated_at=datetime.now(UTC)))
    table.versions = dict.fromkeys(table.ids, (1, "bot"))
    await asyncio.wait_for(house.router.is_heard.wait(), 5)
    _, browser = await house.signed_in(f"o{uuid4()}")
    reader = Reader(house, browser, view)
    await reader.connect()
    return table, reader


async def _away_for_an_hour(table: Table, reader: Reader, minutes: list[int]) -> None:
    """Let the reader come back after an hour in which things have changed."""
    await reader.drop()
    reader.last = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    for index, ago in enumerate(minutes):
        await table.change(index, "waiting", ago * 60)


async def _act(what: str, house: World, table: Table, reader: Reader) -> None:
    match what:
        case "drop":
            await reader.drop()
        case "connect":
            await reader.connect()
        case "read" if reader.opened is not None:
            for event in reader.opened.rest():
                await reader.take(event)
        case "lose":
            await _lose(house)
        case "arrive" if table.late:
            house.router.hint(table.late.pop())
        case _:
            pass


async def _lose(house: World) -> None:
    """Let the broker lose the listener, and wait until it is back."""
    house.router.lose()
    await asyncio.wait_for(house.router.is_heard.wait(), 5)
