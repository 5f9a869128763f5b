"""The promises, over random histories: faults, crashes, redeliveries, takeovers, time."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from handoff_common.errors import AwayError, TransientError
from handoff_common.timing import WINDOW
from handoff_outbound.domain.attempt import Attempt
from handoff_outbound.domain.outcome import Accepted, Doubtful, NotProcessed, Outcome, Refused

from .world import EPOCH, MESSAGE, START, TIMING, CrashError, World, released

Answer: TypeAlias = Literal[
    "accept", "refuse", "throttle", "misconfigured", "lose", "lose_accepted", "die", "die_accepted"
]
Step: TypeAlias = Literal[
    "release", "poll", "second", "half_minute", "minute", "hours", "take_over", "give_up", "report",
    "die_before_commit", "die_after_commit", "lose_before_commit", "lose_after_commit",
    "die_publishing",
]  # fmt: skip

ANSWERS: dict[Answer, tuple[Outcome | BaseException, bool]] = {
    "accept": (Accepted(""), True),
    "refuse": (Refused(21211, "não"), False),
    "throttle": (NotProcessed("429"), False),
    "misconfigured": (NotProcessed("401/20003", code=20003), False),
    "lose": (Doubtful("TimeoutError"), False),
    "lose_accepted": (Doubtful("TimeoutError"), True),
    "die": (CrashError(), False),
    "die_accepted": (CrashError(), True),
}
STEPS: tuple[Step, ...] = get_args(Step)
FINAL = ("accepted", "refused", "superseded")


@dataclass
class History:
    """A world whose every POST and state is watched."""

    world: World = field(default_factory=World)
    epoch: int = EPOCH
    had: str = ""
    """The final state that the message has reached."""

    async def step(self, step: Step, *, automatic: bool) -> None:
        world, ledger = self.world, self.world.ledger
        simple: dict[Step, Callable[[], object]] = {
            "second": lambda: self.wait(1),
            "half_minute": lambda: self.wait(30),
            "minute": lambda: self.wait(60),
            "hours": lambda: self.wait(8 * 3600),
            "take_over": self.take_over,
            "give_up": lambda: world.fence(epoch=self.epoch, window=None),
            "report": self.report,
            "die_before_commit": lambda: ledger.before_commit.append(CrashError()),
            "die_after_commit": lambda: ledger.after_commit.append(CrashError()),
            "lose_before_commit": lambda: ledger.before_commit.append(AwayError("")),
            "lose_after_commit": lambda: ledger.after_commit.append(AwayError("")),
            "die_publishing": lambda: world.publisher.faults.append(CrashError()),
        }
        if step in simple:
            simple[step]()
            return
        try:
            with suppress(TransientError, AwayError):
                if step == "release":
                    await world.release(released(automatic=automatic))
                else:
                    await world.poll()
        except CrashError:
            world.restart()

    def wait(self, seconds: float) -> None:
        self.world.clock.seconds += seconds

    def take_over(self) -> None:
        self.epoch += 1
        self.world.fence(epoch=self.epoch)

    def report(self) -> None:
        if self.world.twilio.list_:
            self.world.ledger.reports[MESSAGE, 1] = self.world.twilio.list_[0].sid

    def check(self) -> None:
        row = self.world.ledger.rows.get((MESSAGE, 1))
        accepted = self.world.twilio.list_
        assert len(accepted) <= 1, "said twice"
        if row is None:
            return
        if row.state == "accepted":
            assert [row.message_sid] == [message.sid for message in accepted], "not true"
        if row.state in ("refused", "superseded", "waiting"):
            assert not accepted, "not true"
        limit = TIMING.hopeless if row.automatic else WINDOW
        assert all(message.created_at - START < limit for message in accepted), "too late"
        if row.state == "refused" and row.code != 21211:
            assert row.updated_at - START >= limit, "lost for a fault of ours"
        if self.had:
            assert row.state == self.had, "went back"
        if row.state in FINAL:
            self.had = row.state


def watch(history: History, *, automatic: bool) -> None:
    """Fail as soon as a POST begins that must not."""
    uncertain: list[Attempt] = []

    def begins() -> None:
        posts = history.world.twilio.posts
        assert not uncertain, "a POST after one that may have been accepted"
        if automatic:
            assert history.epoch == EPOCH, "over a human"
        if ANSWERS_OF[len(posts) - 1] not in ("throttle", "misconfigured"):
            uncertain.append(posts[-1])

    history.world.twilio.meanwhile = begins


ANSWERS_OF: list[Answer] = []


@example(answers=["misconfigured", *["accept"] * 39], steps=["hours"], automatic=True)
@given(
    answers=st.lists(st.sampled_from(list(ANSWERS)), min_size=40, max_size=40),
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=30),
    automatic=st.booleans(),
)
@settings(max_examples=400, deadline=None)
async def test_at_most_once_never_over_a_human_never_backwards(
    answers: list[Answer], steps: list[Step], *, automatic: bool
) -> None:
    history = History()
    ANSWERS_OF[:] = answers
    for answer in answers:
        step, accepts = ANSWERS[answer]
        history.world.twilio.script.append(step)
        history.world.twilio.accepts.append(accepts)
    watch(history, automatic=automatic)

    await history.step("release", automatic=automatic)
    for step in steps:
        await history.step(step, automatic=automatic)
        history.check()
    # Then nothing more goes wrong: whatever was begun comes to an end, and the router hears of it.
    history.world.ledger.before_commit.clear()
    history.world.ledger.after_commit.clear()
    history.world.publisher.faults.clear()
    history.world.twilio.meanwhile = None
    for _ in range(200):
        history.wait(30)
        await history.step("poll", automatic=automatic)
        history.check()
    row = history.world.ledger.rows.get((MESSAGE, 1))
    if row is not None:
        event(row.state)
        assert row.state in (*FINAL, "unknown")
        assert row.result in history.world.publisher.events
        assert not row.unpublished
