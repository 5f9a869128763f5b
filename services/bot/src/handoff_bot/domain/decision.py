"""What a turn of the bot can come to. The bot only decides; the router acts on it."""

from dataclasses import dataclass
from typing import TypeAlias

from handoff_common.events import HandoffReason


@dataclass(frozen=True, slots=True)
class Answer:
    """The customer's question is answered, or small talk returned."""

    text: str
    sources: tuple[str, ...] = ()
    """Ids of the knowledge base entries that the text rests on; none for small talk."""


@dataclass(frozen=True, slots=True)
class Clarify:
    """The bot did not understand and asks: to rephrase, or to choose."""

    text: str


@dataclass(frozen=True, slots=True)
class OfferHuman:
    """The bot offers a person and waits for a yes."""

    text: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """A person should take over now; without a text the router finds the words."""

    reason: HandoffReason
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """The bot could not decide; the reason is an error's name, never a text of the customer's."""

    reason: str


Decision: TypeAlias = Answer | Clarify | OfferHuman | Escalate | Fail
