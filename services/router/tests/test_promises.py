"""Whatever happens, in whatever order: the promises hold."""

from typing import get_args
from uuid import UUID

from desk import RUI, Desk
from hypothesis import given
from hypothesis import strategies as st

from handoff_common.events import HandoffOpened as OpenedEvent
from handoff_common.events import MessageReleased, TimerKind
from handoff_router.domain.changes import (
    HandoffClosed,
    HandoffOpened,
    Queued,
    Received,
    Settled,
    Step,
)
from handoff_router.domain.policy import Texts
from handoff_router.domain.state import Bot, Claiming, Conversation, Human, Waiting
from handoff_router.domain.window import UNSAID

ACTIONS = (
    "wrote", "asked", "stop", "handoff_unanswered",
    "pause", "turn_overdue", "send_overdue", "settling", "undecided",
    "replied", "escalated", "failed", "claim", "claim2", "reply", "reply2", "give_back", "close",
    "decide", "briefed", "submitting", "waiting", "doubtful", "unknown", "accepted", "refused",
    "superseded",
)  # fmt: skip
NOBODY_FREE = Texts().unanswered
TEXTS = {"wrote": "oi", "asked": "atendente", "stop": "sair"}
TIMERS = get_args(TimerKind)


class World(Desk):
    """Outbound keeps its rules: an attempt starts only under the fence and in the window."""

    def act(self, action: str) -> None:
        match action:
            case _ if action in TEXTS:
                self.wrote(TEXTS[action])
            case "claim2":
                self.claim(RUI)
            case "reply2":
                self.reply(who=RUI)
            case "decide":
                if self.holder is not None:
                    self.decide(self.holder.id, resend=True)
            case "briefed":
                if self.state.handoff is not None:
                    self.briefed(self.state.handoff)
            case "replied" | "escalated" | "failed" | "claim" | "reply" | "give_back" | "close":
                getattr(self, action)()
            case _ if action in TIMERS:
                self.timer(action)  # pyright: ignore[reportArgumentType]
            case _:
                self._outbound(action)

    def _outbound(self, state: str) -> None:
        holder = self.holder
        if holder is None:
            return
        known = self.ledger.get(holder.id)
        now = known.state if known else "none"
        fenced = holder.automatic and holder.epoch != self.state.epoch
        allowed = {
            "none": {"superseded"} if fenced else {"submitting"},
            "waiting": {"superseded"} if fenced else {"submitting"},
            "submitting": {"waiting", "doubtful", "accepted", "refused"},
            "doubtful": {"accepted", "unknown"},
            "unknown": {"accepted"},
        }.get(now, set[str]())
        if state in allowed:
            self.outbound(state)  # pyright: ignore[reportArgumentType]


class Questions:
    """What customers wrote and who answered, told from the outside."""

    def __init__(self) -> None:
        self.written: set[int] = set()
        self.done = 0
        """A person answered, or declared done, or the customer asked for silence, up to here."""
        self.by_bot: dict[UUID, set[int]] = {}

    def act(self, world: World, action: str) -> None:
        before, asked = len(world.steps), world.state.turn.asked
        world.act(action)
        for step in world.steps[before:]:  # none, if outbound may not do that now
            self._note(world, step, action, asked)

    def _note(self, world: World, step: Step, action: str, asked: int) -> None:
        for change in step.changes:
            if isinstance(change, Received):
                self.written.add(change.seq)
            elif isinstance(change, Queued) and change.author == "bot":
                heard = {seq for seq in self.open(world) if seq <= asked}
                self.by_bot[change.message.id] = heard
        accepted = step.answer is not None and step.answer.accepted
        if action == "stop" or (action in ("reply", "reply2", "close") and accepted):
            self.done = world.state.seq

    def open(self, world: World) -> set[int]:
        """Return the numbers of messages that nobody has answered."""
        unsaid = {key for key, status in world.settled.items() if status in UNSAID}
        heard = [seqs for key, seqs in self.by_bot.items() if key not in unsaid]
        return {seq for seq in self.written if seq > self.done}.difference(*heard)


histories = st.lists(st.sampled_from(ACTIONS), max_size=40)


@given(histories)
def test_the_window_is_held_by_at_most_one_message_and_frees_itself(history: list[str]) -> None:
    world = World()
    for action in history:
        world.act(action)
        going = [m.id for m in world.state.outbox if m.status != "queued"]
        assert going == ([world.state.window] if world.state.window else [])
        if world.state.window is None and not isinstance(world.state.owner, Claiming):
            assert world.state.outbox == ()  # nothing waits for a window that is free


@given(histories)
def test_nothing_automatic_starts_its_way_while_a_person_has_it(history: list[str]) -> None:
    world = World()
    for action in history:
        world.act(action)
        step = world.steps[-1] if world.steps else None
        if step and isinstance(step.state.owner, Human | Claiming):
            assert not any(isinstance(e, MessageReleased) and e.automatic for e in step.events)


@given(histories)
def test_the_epoch_rises_exactly_when_the_owner_changes_sides(history: list[str]) -> None:
    world = World()
    before = world.state
    for action in history:
        world.act(action)
        after = world.state
        assert after.version >= before.version
        changed = _side(before) != _side(after)
        assert after.epoch == before.epoch + changed
        before = after


@given(histories)
def test_a_persons_message_is_never_superseded_and_every_message_ends_once(
    history: list[str],
) -> None:
    world = World()
    for action in history:
        world.act(action)
    by_people = {
        c.message.id for c in world.changes if isinstance(c, Queued) and not c.message.automatic
    }
    ended: dict[object, str] = {}
    for change in world.changes:
        if isinstance(change, Settled):
            assert not (change.status == "superseded" and change.id in by_people)
            assert ended.get(change.id) in (None, "unconfirmed", "given_up")
            ended[change.id] = change.status


@given(histories)
def test_messages_are_released_in_the_order_in_which_they_were_said(history: list[str]) -> None:
    world = World()
    for action in history:
        world.act(action)
    numbers = {c.message.id: c.message.seq for c in world.changes if isinstance(c, Queued)}
    released = [numbers[event.message_id] for event in world.released]
    assert released == sorted(released)


@given(histories)
def test_who_waits_is_told_once_at_most_that_nobody_is_free(history: list[str]) -> None:
    world = World()
    told: dict[UUID | None, int] = {}
    for action in history:
        world.act(action)
        for change in _new(world):
            if isinstance(change, Queued) and change.message.text == NOBODY_FREE:
                assert isinstance(world.state.owner, Waiting)
                told[world.state.handoff] = told.get(world.state.handoff, 0) + 1
        world.steps.clear()
    assert all(count == 1 for count in told.values())


@given(histories)
def test_a_handoff_is_open_exactly_while_people_have_it(history: list[str]) -> None:
    world = World()
    open_now: set[object] = set()
    for action in history:
        world.act(action)
        for change in _new(world):
            if isinstance(change, HandoffOpened):
                open_now.add(change.id)
            elif isinstance(change, HandoffClosed):
                open_now.remove(change.id)
        world.steps.clear()
        assert open_now == ({world.state.handoff} if world.state.handoff else set())
        assert bool(open_now) == isinstance(world.state.owner, Waiting | Claiming | Human)


@given(histories)
def test_each_handoff_is_announced_once_with_what_was_said_until_then(history: list[str]) -> None:
    world = World()
    for action in history:
        world.act(action)
    opened = [change for change in world.changes if isinstance(change, HandoffOpened)]
    told = [event for event in world.events if isinstance(event, OpenedEvent)]
    assert [(e.handoff_id, e.reason, e.upto_seq) for e in told] == [
        (change.id, change.reason, change.seq) for change in opened
    ]
    ends = [event.upto_seq for event in told]
    assert ends == sorted(ends)
    assert all(event.since_seq <= event.upto_seq for event in told)


@given(histories)
def test_no_question_is_left_to_nobody(history: list[str]) -> None:
    world = World()
    questions = Questions()
    for action in history:
        questions.act(world, action)
        if isinstance(world.state.owner, Bot) and world.state.turn.state == "idle":
            assert questions.open(world) == set()


@given(histories)
def test_the_bot_is_asked_for_exactly_what_nobody_has_answered(history: list[str]) -> None:
    world = World()
    questions = Questions()
    for action in history:
        questions.act(world, action)
        turn = world.state.turn
        if turn.state == "running":
            assert questions.open(world) == {n for n in questions.written if n > turn.upto}


@given(histories)
def test_a_refused_command_changes_nothing(history: list[str]) -> None:
    world = World()
    for action in history:
        before = world.state
        world.act(action)
        step: Step | None = world.steps[-1] if world.steps else None
        if step and step.answer and not step.answer.accepted and not step.changes:
            assert step.state == before


def _side(state: Conversation) -> object:
    owner = state.owner
    if isinstance(owner, Claiming | Human):
        return owner.operator
    return type(owner), state.handoff


def _new(world: World) -> list[object]:
    return [change for step in world.steps for change in step.changes]
