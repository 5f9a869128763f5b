"""The diagram of who owns a conversation, drawn from the transition itself by trying everything."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeAlias, get_args
from uuid import UUID

from handoff_common.events import (
    BotEscalated,
    BotFailed,
    BotReplied,
    Brief,
    ClaimRequested,
    CloseRequested,
    CustomerWrote,
    DoubtDecided,
    HandoffBriefed,
    MessageAccepted,
    MessageDoubtful,
    MessageRefused,
    MessageSuperseded,
    ReplyRequested,
    ReturnRequested,
    TimerFired,
    TimerKind,
)
from handoff_router.domain.conversation import Input, transition
from handoff_router.domain.draft import Facts
from handoff_router.domain.policy import Policy
from handoff_router.domain.state import Conversation, Ledger, LedgerState, operator_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy()
ME, OTHER, NOBODY = UUID(int=1), UUID(int=2), UUID(int=0)
KINDS = ("Bot", "Waiting", "Claiming", "Human")
LEDGER: tuple[LedgerState, ...] = get_args(LedgerState)
Edge: TypeAlias = tuple[str, str]

_TEXT = """\
# Who owns a conversation

Generated from the code by `make generate`; don't edit. Every state that can be reached with at most
one open message was driven through `transition` with every kind of event, and with everything that
the ledger may say. An arrow is a change of owner that happened; what has no arrow changes no owner.

```mermaid
stateDiagram-v2
    [*] --> Bot
{arrows}
```

| from | to | when |
|---|---|---|
{rows}
"""


def states_markdown() -> str:
    """Return `docs/states.md`."""
    edges = _edges()
    order = sorted(edges, key=lambda edge: (KINDS.index(edge[0]), KINDS.index(edge[1])))
    arrows = [
        f"    {start} --> {end}: {'<br/>'.join(sorted(edges[start, end]))}" for start, end in order
    ]
    rows = [f"| {start} | {end} | {'; '.join(sorted(edges[start, end]))} |" for start, end in order]
    return _TEXT.format(arrows="\n".join(arrows), rows="\n".join(rows))


def _edges() -> dict[Edge, set[str]]:
    """Return what changes the owner from one kind to another, over all reachable states."""
    edges: defaultdict[Edge, set[str]] = defaultdict(set)
    start = Conversation(id=UUID(int=9), customer="c", business="b")
    seen, todo = {_shape(start)}, [start]
    while todo:
        state = todo.pop()
        for label, event, facts in _trials(state):
            after = transition(state, event, POLICY, facts).state
            before, now = type(state.owner).__name__, type(after.owner).__name__
            if before != now:
                edges[before, now].add(label)
            if len(after.outbox) <= 1 and _shape(after) not in seen:
                seen.add(_shape(after))
                todo.append(after)
    return dict(edges)


def _shape(state: Conversation) -> tuple[object, ...]:
    """Return what makes a state behave differently from another: not its ids and numbers."""
    return (
        state.owner,
        state.handoff is None,
        state.opted_out,
        state.turn.state,
        state.inbound_seq > state.turn.upto,
        tuple(
            (
                message.automatic,
                message.status,
                message.doubt_is_last,
                message.epoch == state.epoch,
                message.id == state.window,
                min(message.releases, len(POLICY.overdue)),
            )
            for message in state.outbox
        ),
    )


def _trials(state: Conversation) -> Iterator[tuple[str, Input, Facts]]:
    """Yield every kind of event, with all that the ledger may say of the message in the window."""
    events = list(_events(state))
    for said in LEDGER if state.window else LEDGER[:1]:
        claimed = Ledger(said, claimed_at=NOW - timedelta(seconds=1))
        facts = Facts(NOW, {state.window: claimed} if state.window else {})
        for label, event in events:
            is_claim = isinstance(event, ClaimRequested)
            open_attempt = is_claim and said == "submitting" and _holds_automatic(state)
            yield (f"{label}, a message is on its way" if open_attempt else label), event, facts
    late = Facts(NOW + POLICY.stale + timedelta(hours=1))
    yield "the burst has waited too long", _timer(state, "pause"), late


def _holds_automatic(state: Conversation) -> bool:
    return any(each.automatic for each in state.outbox if each.id == state.window)


_numbers = count(100)


def _events(state: Conversation) -> Iterator[tuple[str, Input]]:
    yield from _customer()
    about = {"id": UUID(int=next(_numbers)), "time": NOW, "conversation_id": state.id}
    turn = {**about, "epoch": state.epoch, "turn": state.turn.number}
    yield "bot replies", BotReplied.model_validate({**turn, "text": "oi"})
    yield "bot escalates", BotEscalated.model_validate({**turn, "reason": "r"})
    yield "bot fails", BotFailed.model_validate({**turn, "reason": "r"})
    sent = {**about, "message_id": state.window or NOBODY, "attempt": 1}
    yield "message accepted", MessageAccepted.model_validate({**sent, "message_sid": "SM"})
    yield "message refused", MessageRefused.model_validate({**sent, "code": 1, "reason": "r"})
    yield "message doubtful", MessageDoubtful.model_validate(sent)
    yield "message superseded", MessageSuperseded.model_validate(sent)
    brief = Brief(category="other", summary="s", language="pt-BR")
    handoff = {"handoff_id": state.handoff or NOBODY, "brief": brief}
    yield "handoff briefed", HandoffBriefed.model_validate({**about, **handoff})
    kinds: tuple[TimerKind, ...] = get_args(TimerKind)
    yield from ((f"timer: {kind}", _timer(state, kind)) for kind in kinds)
    yield from _commands(state)


def _customer() -> Iterator[tuple[str, CustomerWrote]]:
    for label, text in (
        ("customer writes", "oi"),
        ("customer asks for a person", "quero falar com um atendente"),
        ("customer opts out", "sair"),
    ):
        yield (
            label,
            CustomerWrote(
                id=UUID(int=next(_numbers)),
                time=NOW,
                message_sid="SM",
                customer="c",
                business="b",
                text=text,
                received_at=NOW,
            ),
        )


def _timer(state: Conversation, kind: TimerKind) -> TimerFired:
    number = UUID(int=next(_numbers))
    return TimerFired(id=number, time=NOW, conversation_id=state.id, kind=kind, generation=1)


def _commands(state: Conversation) -> Iterator[tuple[str, Input]]:
    holder = operator_of(state.owner)
    for operator in (ME, OTHER):
        who = "an operator" if holder is None else "its operator"
        if holder not in (None, operator):
            who = "another operator"
        said = {
            "id": UUID(int=next(_numbers)),
            "time": NOW,
            "conversation_id": state.id,
            "operator_id": operator,
            "epoch_seen": state.epoch,
            "expires_at": NOW + timedelta(seconds=5),
            "digest": "",
        }
        decided = {**said, "message_id": state.window or NOBODY, "resend": False}
        yield f"{who} claims", ClaimRequested.model_validate(said)
        yield f"{who} replies", ReplyRequested.model_validate({**said, "text": "oi", "seq_seen": 0})
        yield f"{who} returns it", ReturnRequested.model_validate(said)
        yield f"{who} closes it", CloseRequested.model_validate({**said, "outcome": "resolved"})
        yield f"{who} decides a doubt", DoubtDecided.model_validate(decided)
