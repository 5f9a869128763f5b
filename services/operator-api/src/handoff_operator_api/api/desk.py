"""One click is one command: sent to the router, answered once, however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Protocol, TypeAlias, cast
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from handoff_common.events import AnyCommand, BaseEvent, CommandAnswered, Refusal
from handoff_common.ids import CommandId, OperatorId
from handoff_operator_api.api.deps import CurrentOperator, Trace
from handoff_operator_api.api.problems import ProblemError, named, problems, unknown
from handoff_operator_api.domain.command import (
    LIFE,
    PATIENCE,
    Decision,
    Outcome,
    Precedent,
    command_id,
    digest,
)
from handoff_operator_api.domain.inbox import Owner

log = structlog.get_logger()

_TITLES: Mapping[Refusal, str] = {
    "claim_first": "Claim the conversation first",
    "taken": "Another operator has the conversation",
    "settling": "The takeover waits for the bot's message that is on its way",
    "window_closed": "The 24 hours since the customer's last message are over",
    "nothing_to_decide": "There is nothing to decide about this message, or it is not yours",
    "expired": "The command came too late",
    "key_reused": "The Idempotency-Key was used for another command",
    "unknown_conversation": "There is no such conversation",
}


class Router(Protocol):
    """Puts a command to the router and waits; None: no answer in time. Raises `AwayError`."""

    async def request(self, event: BaseEvent, *, timeout: timedelta) -> bytes | None: ...  # noqa: ASYNC109  # the port's


class Outcomes(Protocol):
    """What became of commands."""

    async def precedent(self, command: CommandId, conversation: UUID) -> Precedent: ...
    async def outcome(self, command: UUID, operator: OperatorId) -> Outcome | None: ...
    async def decision(self, answer: CommandAnswered) -> Decision: ...


class CommandAccepted(BaseModel):
    """It is done."""

    command_id: UUID
    status: Literal["accepted"] = "accepted"
    owner: Owner | None
    epoch: int
    version: int
    message_id: UUID | None
    """The message that a reply became."""


class CommandPending(BaseModel):
    """The router has not answered yet. It will, or refuse the command after 30 seconds."""

    command_id: UUID
    status: Literal["pending"] = "pending"


Answer: TypeAlias = CommandAccepted | Response
RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": CommandPending, "description": "Not decided yet: ask GET /api/commands/{id}"},
    **problems(401, 403, 404, 409, 413, 422, 503),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Sends one command of one operator about one conversation."""

    id: CommandId
    conversation: UUID
    operator: OperatorId
    trace: str
    precedent: Precedent
    outcomes: Outcomes
    router: Router

    def envelope(self, epoch: int) -> dict[str, Any]:
        """Return the fields that every command has."""
        return {
            "id": self.id,
            "time": self.precedent.now,
            "trace": self.trace,
            "conversation_id": self.conversation,
            "operator_id": self.operator,
            "epoch_seen": epoch,
            "expires_at": self.precedent.now + LIFE,
            "digest": "",
        }

    async def send(self, command: AnyCommand) -> Answer:
        """Have the command decided, or find that it was. Raises `ProblemError`, `AwayError`."""
        command = command.model_copy(update={"digest": digest(command)})
        before = self.precedent.outcome
        if before is not None:
            if self.precedent.digest != command.digest:
                raise _key_reused()
            return _answer(before)
        if not self.precedent.conversation_known:
            raise unknown("conversation")
        body = await self.router.request(command, timeout=PATIENCE)
        if body is None:
            self._log(command, "pending", None)
            pending = CommandPending(command_id=self.id)
            return JSONResponse(pending.model_dump(mode="json"), 202)
        decision = await self.outcomes.decision(CommandAnswered.model_validate_json(body))
        self._log(command, decision.status, decision.reason)
        return _answer(decision)

    def _log(self, command: AnyCommand, status: str, reason: Refusal | None) -> None:
        log.info(
            "command.answered",
            event_id=str(self.id),
            conversation_id=str(self.conversation),
            operator=str(self.operator),
            kind=command.type,
            status=status,
            reason=reason,
        )


def _answer(decision: Decision) -> CommandAccepted:
    if decision.reason == "key_reused":
        raise _key_reused()
    if decision.status == "accepted":
        return CommandAccepted(
            command_id=decision.command_id,
            owner=decision.owner,
            epoch=decision.epoch,
            version=decision.version,
            message_id=decision.message_id,
        )
    title = _TITLES[decision.reason] if decision.reason else "The command was refused"
    facts = {
        "command_id": decision.command_id,
        "reason": decision.reason,
        "owner": decision.owner,
        "epoch": decision.epoch,
    }
    raise ProblemError(named(409, "refused", title).model_copy(update=facts))


def _key_reused() -> ProblemError:
    return ProblemError(named(422, "key-reused", _TITLES["key_reused"]))


KEY_REUSED = _key_reused().problem.type


def _outcomes(request: Request) -> Outcomes:
    return cast("Outcomes", request.app.state.outcomes)


def _router(request: Request) -> Router:
    return cast("Router", request.app.state.router)


TheOutcomes: TypeAlias = Annotated[Outcomes, Depends(_outcomes)]
TheRouter: TypeAlias = Annotated[Router, Depends(_router)]
Key: TypeAlias = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[\x20-\x7e]{8,128}$")]


async def _desk(
    conversation_id: UUID,
    key: Key,
    operator: CurrentOperator,
    outcomes: TheOutcomes,
    router: TheRouter,
    trace: Trace,
) -> Desk:
    command = command_id(operator, key)
    precedent = await outcomes.precedent(command, conversation_id)
    return Desk(command, conversation_id, operator, trace, precedent, outcomes, router)


TheDesk: TypeAlias = Annotated[Desk, Depends(_desk)]
