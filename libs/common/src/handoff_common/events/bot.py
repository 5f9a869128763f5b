"""One turn of the bot: asked for by the router, decided by a bot worker."""

from typing import Literal

from handoff_common.events.base import ConversationEvent


class BotRequested(ConversationEvent):
    """The bot should answer the burst that ends with message `upto_seq`."""

    type: Literal["bot.requested.v1"] = "bot.requested.v1"
    epoch: int
    turn: int
    upto_seq: int


class BotReplied(ConversationEvent):
    """The bot has an answer to a turn."""

    type: Literal["bot.replied.v1"] = "bot.replied.v1"
    epoch: int
    turn: int
    text: str
    sources: tuple[str, ...] = ()
    """Ids of the knowledge base entries that the text rests on."""


class BotEscalated(ConversationEvent):
    """The bot wants a person to take over."""

    type: Literal["bot.escalated.v1"] = "bot.escalated.v1"
    epoch: int
    turn: int
    reason: str
    text: str = ""
    """What to tell the customer with the handoff; the router's own words if empty."""


class BotFailed(ConversationEvent):
    """The bot could not decide; the router hands off or says so honestly."""

    type: Literal["bot.failed.v1"] = "bot.failed.v1"
    epoch: int
    turn: int
    reason: str
    """An error class, never a text of the customer's."""
