"""Hints to whoever looks at a conversation. They may be lost: whoever missed one asks again."""

from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events.base import ConversationEvent

OwnerKind: TypeAlias = Literal["bot", "waiting", "claiming", "human"]


class ConversationChanged(ConversationEvent):
    """The conversation is now at `version`."""

    type: Literal["conversation.changed.v1"] = "conversation.changed.v1"
    version: int
    owner: OwnerKind
    operator_id: UUID | None = None
