"""What operators ask for.

Each request carries an `Idempotency-Key`: repeat it with the same key until an answer comes. What
the operator saw (`epoch`, `seq`) is recorded and is no part of the content: a repetition may carry
newer numbers.
"""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff_common.events import (
    ClaimRequested,
    CloseRequested,
    DoubtDecided,
    ReplyRequested,
    ReturnRequested,
)
from handoff_common.events import Outcome as HandoffOutcome
from handoff_operator_api.api.deps import CurrentOperator
from handoff_operator_api.api.desk import RESPONSES, Answer, CommandAccepted, TheDesk, TheOutcomes
from handoff_operator_api.api.problems import problems, unknown
from handoff_operator_api.api.texts import STORABLE
from handoff_operator_api.domain.command import Outcome

router = APIRouter(prefix="/api", tags=["commands"])

_ABOUT = "/conversations/{conversation_id}"
Seen: TypeAlias = Annotated[int, Field(ge=0, le=2**31 - 1)]
Text: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096), STORABLE
]
Note: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), STORABLE
]


class Claim(BaseModel):
    """Take the conversation over."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    epoch: Seen
    """The epoch on the operator's screen."""


class Reply(Claim):
    """Answer the customer; a long text arrives as several messages."""

    seq: Seen
    """The last message on the operator's screen."""
    text: Text


class Return(Claim):
    """Give the conversation back to the bot."""

    note: Note = ""
    """What was decided and promised."""


class Close(Claim):
    """End the handoff. What the customer wrote after `seq` is not done with it."""

    outcome: HandoffOutcome
    note: Note = ""
    seq: Seen = 0
    """The last message on the operator's screen; 0: all is done."""


class Decide(Claim):
    """Send a doubtful message of one's own again, or let it be."""

    resend: bool


@router.post(_ABOUT + "/claim", response_model=CommandAccepted, responses=RESPONSES)
async def claim(desk: TheDesk, body: Claim) -> Answer:
    """Take a conversation over, from the bot or from the queue."""
    return await desk.send(ClaimRequested(**desk.envelope(body.epoch)))


@router.post(_ABOUT + "/reply", response_model=CommandAccepted, responses=RESPONSES)
async def reply(desk: TheDesk, body: Reply) -> Answer:
    """Answer the customer. The text of a refused reply is kept: see the command."""
    envelope = desk.envelope(body.epoch)
    return await desk.send(ReplyRequested(**envelope, text=body.text, seq_seen=body.seq))


@router.post(_ABOUT + "/return", response_model=CommandAccepted, responses=RESPONSES)
async def return_to_bot(desk: TheDesk, body: Return) -> Answer:
    """Give the conversation back to the bot, which reads the note before its next turn."""
    return await desk.send(ReturnRequested(**desk.envelope(body.epoch), note=body.note))


@router.post(_ABOUT + "/close", response_model=CommandAccepted, responses=RESPONSES)
async def close(desk: TheDesk, body: Close) -> Answer:
    """End the handoff with its outcome."""
    return await desk.send(
        CloseRequested(
            **desk.envelope(body.epoch),
            outcome=body.outcome,
            note=body.note,
            seq_seen=body.seq,
        )
    )


@router.post(
    _ABOUT + "/messages/{message_id}/decide", response_model=CommandAccepted, responses=RESPONSES
)
async def decide(message_id: UUID, desk: TheDesk, body: Decide) -> Answer:
    """Settle a message of which nobody knows whether it arrived (`can_decide`)."""
    envelope = desk.envelope(body.epoch)
    return await desk.send(DoubtDecided(**envelope, message_id=message_id, resend=body.resend))


@router.get("/commands/{command_id}", responses=problems(401, 404, 422, 503))
async def read_command(
    command_id: UUID, operator: CurrentOperator, outcomes: TheOutcomes
) -> Outcome:
    """Read what became of a command of one's own.

    404 `unknown-command` also while it is still pending: only the router knows what it has not
    decided yet. Ask again, or repeat the command with its key, which is the same command.
    """
    outcome = await outcomes.outcome(command_id, operator)
    if outcome is None:
        raise unknown("command")
    return outcome
