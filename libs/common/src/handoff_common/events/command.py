"""What operators ask for.

A command's `id` is made from the caller's key (HTTP's `Idempotency-Key`): one click is one command.
"""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime

from handoff_common.events.base import BaseEvent, ConversationEvent
from handoff_common.events.conversation import OwnerKind

Refusal: TypeAlias = Literal[
    "claim_first",  # nobody's, or the bot's: claim it before you act
    "taken",  # another operator has it
    "settling",  # the takeover waits for the bot's message that is on its way
    "window_closed",  # WhatsApp's 24 hours since the customer's last message are over
    "nothing_to_decide",  # the message is not doubtful, or not yours
    "expired",  # the command came too late
    "key_reused",  # the same id came before with another content
    "unknown_conversation",
]
Outcome: TypeAlias = Literal["resolved", "unresolved", "no_answer"]


class Command(ConversationEvent):
    """An operator's wish, decided by the router; the outcome is stored under its id."""

    operator_id: UUID
    epoch_seen: int
    """The epoch on the operator's screen: recorded, never a reason to refuse."""
    expires_at: AwareDatetime
    digest: str
    """A hash of the content: the same id with another digest is another command's key, reused."""


class ClaimRequested(Command):
    """Take the conversation over."""

    type: Literal["command.claim.v1"] = "command.claim.v1"


class ReplyRequested(Command):
    """Answer the customer."""

    type: Literal["command.reply.v1"] = "command.reply.v1"
    text: str
    seq_seen: int
    """The last message on the operator's screen: what came later is not answered; 0: all is."""


class ReturnRequested(Command):
    """Give the conversation back to the bot, with what was decided."""

    type: Literal["command.return_to_bot.v1"] = "command.return_to_bot.v1"
    note: str = ""


class CloseRequested(Command):
    """End the handoff."""

    type: Literal["command.close.v1"] = "command.close.v1"
    outcome: Outcome
    note: str = ""
    seq_seen: int = 0
    """The last message on the operator's screen: what came later is not done; 0: all is."""


class DoubtDecided(Command):
    """Send a doubtful message of one's own again, or let it be."""

    type: Literal["command.decide_doubt.v1"] = "command.decide_doubt.v1"
    message_id: UUID
    resend: bool


class CommandAnswered(BaseEvent):
    """The router's answer; also stored, so a repeated command gets the same one."""

    type: Literal["command.answered.v1"] = "command.answered.v1"
    command_id: UUID
    conversation_id: UUID
    accepted: bool
    reason: Refusal | None = None
    owner: OwnerKind | None = None
    owner_id: UUID | None = None
    """Who has it now: the answer to a lost race."""
    epoch: int = 0
    version: int = 0
    message_id: UUID | None = None
    """The message that a reply became."""

    @property
    def subject(self) -> str:
        return str(self.conversation_id)
