"""A turn in, a decision out: whatever happens, exactly one event, and always the same."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from handoff_bot.adapters.knowledge import load_texts
from handoff_bot.domain.decision import (
    Answer,
    Clarify,
    Decision,
    Escalate,
    Fail,
    OfferHuman,
)
from handoff_bot.domain.turn import Line, Turn
from handoff_bot.handlers import Thinking, decide, think
from handoff_common.errors import AwayError
from handoff_common.events import (
    BotEscalated,
    BotFailed,
    BotReplied,
    BotRequested,
    ConversationEvent,
    event_type,
)
from handoff_common.ids import derived_id, fresh_id

TEXTS = load_texts("Loja")
MARKER = "segredo-do-cliente"
REQUEST = BotRequested(
    id=fresh_id(),
    time=datetime(2026, 11, 22, 12, tzinfo=UTC),
    trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    conversation_id=fresh_id(),
    epoch=3,
    turn=7,
    upto_seq=42,
)
REPLY = Answer("Sim!", ("pix",))
TURN = Turn((Line("customer", MARKER),))


@dataclass
class FakeTranscripts:
    """One turn, whatever is asked for; or a failure."""

    shown: Turn = TURN
    fault: Exception | None = None
    asked: list[tuple[UUID, int]] = field(default_factory=list[tuple[UUID, int]])

    async def turn(self, conversation_id: UUID, *, upto_seq: int) -> Turn:
        self.asked.append((conversation_id, upto_seq))
        if self.fault is not None:
            raise self.fault
        return self.shown


class FakeBrain:
    """Decides as it is told; an exception is raised."""

    def __init__(self, outcome: Decision | Exception | Callable[[], Awaitable[None]]) -> None:
        self.outcome = outcome
        self.turns: list[Turn] = []

    async def answer(self, turn: Turn) -> Decision:
        self.turns.append(turn)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if callable(self.outcome):
            await self.outcome()
            return Answer("too late")
        return self.outcome


def thinking(
    outcome: Decision | Exception | Callable[[], Awaitable[None]] = REPLY,
    shown: Turn = TURN,
    fault: Exception | None = None,
) -> Thinking:
    return Thinking(
        FakeTranscripts(shown, fault), FakeBrain(outcome), TEXTS, timedelta(milliseconds=200)
    )


async def decided(setup: Thinking) -> ConversationEvent:
    [event] = await decide(REQUEST, setup)
    assert isinstance(event, BotReplied | BotEscalated | BotFailed)
    assert event.id == derived_id(REQUEST.id, event_type(type(event)))
    assert (event.time, event.trace) == (REQUEST.time, REQUEST.trace)
    assert (event.conversation_id, event.epoch, event.turn) == (REQUEST.conversation_id, 3, 7)
    return event


@pytest.mark.parametrize(
    ("decision", "text", "sources"),
    [
        (Answer("Sim!", ("pix",)), "Sim!", ("pix",)),
        (Clarify("Como?"), "Como?", ()),
        (OfferHuman("Chamo alguém?"), "Chamo alguém?", ()),
    ],
)
async def test_what_the_brain_says_becomes_a_reply(
    decision: Decision, text: str, sources: tuple[str, ...]
) -> None:
    event = await decided(thinking(decision))
    assert isinstance(event, BotReplied)
    assert (event.text, event.sources) == (text, sources)


async def test_an_escalation_and_a_failure_keep_their_reasons() -> None:
    escalated = await decided(thinking(Escalate("offer_accepted", "Já vem!")))
    assert isinstance(escalated, BotEscalated)
    assert (escalated.reason, escalated.text) == ("offer_accepted", "Já vem!")
    failed = await decided(thinking(Fail("blocked")))
    assert isinstance(failed, BotFailed)
    assert failed.reason == "blocked"


async def test_the_first_words_of_the_bot_say_what_it_is_and_how_to_reach_a_person() -> None:
    first = Turn((Line("customer", "oi"),), introduced=False)
    event = await decided(thinking(Answer("Sim!"), first))
    assert isinstance(event, BotReplied)
    assert event.text == TEXTS["pt-BR"].disclosure + "\n\nSim!"
    assert "*atendente*" in event.text
    assert "Loja" in event.text


async def test_the_disclosure_is_in_the_customers_language() -> None:
    first = Turn((Line("customer", "good morning"),), introduced=False)
    event = await decided(thinking(Answer("Yes!"), first))
    assert isinstance(event, BotReplied)
    assert event.text.startswith(TEXTS["en"].disclosure)


async def test_the_turn_is_read_up_to_where_the_router_asked() -> None:
    transcripts = FakeTranscripts()
    brain = FakeBrain(Answer("Sim!"))
    await decide(REQUEST, Thinking(transcripts, brain, TEXTS, timedelta(seconds=5)))
    assert transcripts.asked == [(REQUEST.conversation_id, 42)]
    assert brain.turns == [TURN]


async def test_the_same_request_again_gives_the_same_event() -> None:
    setup = thinking()
    assert await decide(REQUEST, setup) == await decide(REQUEST, setup)


class ProviderRefusedThisRequestForReasonsOfItsOwnError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError(MARKER), "ValueError"),
        (TimeoutError(), "timeout"),
        (
            ProviderRefusedThisRequestForReasonsOfItsOwnError(),
            "ProviderRefusedThisRequestForReasonsOfIt",
        ),
    ],
)
async def test_an_error_of_the_brain_is_a_failed_turn_and_not_silence(
    error: Exception, reason: str
) -> None:
    with capture_logs() as logs:
        event = await decided(thinking(error))
    assert isinstance(event, BotFailed)
    assert event.reason == reason
    assert MARKER not in repr(logs) + event.model_dump_json()


async def test_a_brain_that_thinks_too_long_is_a_failed_turn() -> None:
    never = asyncio.Event()

    async def forever() -> None:
        await never.wait()

    event = await decided(thinking(forever))
    assert isinstance(event, BotFailed)
    assert event.reason == "timeout"


async def test_a_bot_that_hesitates_answers_later_and_within_its_deadline() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hesitate() -> None:
        asked.set()
        await go_on.wait()

    brain = FakeBrain(Answer("Sim!"))
    setup = Thinking(FakeTranscripts(), brain, TEXTS, timedelta(seconds=5), hesitate)
    deciding = asyncio.create_task(decided(setup))
    await asked.wait()
    assert brain.turns == []
    go_on.set()
    assert isinstance(await deciding, BotReplied)

    go_on.clear()
    short = Thinking(FakeTranscripts(), brain, TEXTS, timedelta(milliseconds=50), hesitate)
    failed = await decided(short)
    assert isinstance(failed, BotFailed)
    assert failed.reason == "timeout"


async def test_a_turn_with_nothing_to_answer_fails_instead_of_talking_to_itself() -> None:
    event = await decided(thinking(shown=Turn(())))
    assert isinstance(event, BotFailed)
    assert event.reason == "nothing_new"


@pytest.mark.parametrize("error", [AwayError("database"), LookupError("conversation")])
async def test_what_is_no_decision_is_left_to_the_consumer(error: Exception) -> None:
    with pytest.raises(type(error)):
        await decide(REQUEST, thinking(fault=error))


async def test_a_server_that_the_brain_needs_is_waited_for() -> None:
    with pytest.raises(AwayError):
        await decide(REQUEST, thinking(AwayError("database")))


async def test_the_consumer_publishes_one_decision_for_each_request() -> None:
    other = REQUEST.model_copy(update={"id": fresh_id(), "turn": 8})
    handled = await think([REQUEST, other], thinking())
    turns = [
        event.turn for one in handled for event in one.effects if isinstance(event, BotReplied)
    ]
    assert turns == [7, 8]
