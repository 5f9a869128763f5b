"""A human episode: it opens first, and a moment later there is a brief for whoever takes it."""

from typing import Literal, TypeAlias
from uuid import UUID

from handoff_common.events.base import ConversationEvent, Part

HandoffReason: TypeAlias = Literal[
    # the bot's
    "customer_request",
    "offer_accepted",
    "needs_team",
    "sensitive_topic",
    "promised_person",
    "repeated_failure",
    "bot_choice",
    # the router's, which also hears "customer_request"
    "bot_failed",
    "bot_silent",
    "late",
    "restored",
    "send_failed",
    "takeover",
]
"""Why handoffs open. On the wire it is any text: another bot may have reasons of its own."""
ReasonCategory: TypeAlias = Literal[
    "asked_for_person",  # the customer, in words or by accepting the bot's offer
    "not_understood",  # the bot, several times in a row
    "bot_unavailable",  # it failed, or did not answer in time
    "late",  # an outage: the message was too old for a cheerful answer
    "taken_over",  # an operator, unasked
    "other",
]
FactKind: TypeAlias = Literal["order", "amount", "date", "time", "phone", "email", "number"]


class Want(Part):
    """A line of the customer's, cleaned."""

    text: str
    seq: int
    """The message that says it."""


class Fact(Part):
    """Something in the customer's words that can be looked up or written down."""

    kind: FactKind
    value: str
    seq: int


class Attempt(Part):
    """A question, and what the bot made of it."""

    question: str
    answer: str
    topics: tuple[str, ...] = ()
    """Questions of the knowledge base that the answer is about."""
    sources: tuple[str, ...] = ()
    """Their ids."""
    helped: bool
    """An answer, and not a request to rephrase or an offer of a person."""
    seq: int
    """The bot's message."""


class Brief(Part):
    """What a person should know before the first word. Texts for operators are in pt-BR."""

    category: ReasonCategory
    summary: str
    """One line; the bot speaks."""
    wants: tuple[Want, ...] = ()
    facts: tuple[Fact, ...] = ()
    tried: tuple[Attempt, ...] = ()
    language: str
    """The customer's."""
    mood: str = ""
    department: str = ""
    """The one suggested; empty if none is."""
    first_reply: str = ""
    """A suggestion, in the customer's language."""
    author: Literal["plain", "model"] = "plain"
    """`plain`: put together from the transcript by rules."""


class HandoffOpened(ConversationEvent):
    """People have the conversation, or will; the brief is to be made of what was said until now."""

    type: Literal["handoff.opened.v1"] = "handoff.opened.v1"
    handoff_id: UUID
    reason: str
    since_seq: int
    """Messages up to this one belong to an episode before."""
    upto_seq: int


class HandoffBriefed(ConversationEvent):
    """The brief of a handoff; of one that is closed it is still kept."""

    type: Literal["handoff.briefed.v1"] = "handoff.briefed.v1"
    handoff_id: UUID
    brief: Brief
