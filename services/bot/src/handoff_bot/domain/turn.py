"""What the bot knows when it decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript."""

    author: str
    """`customer`, `bot`, `system` (the router's own words) or `operator`."""
    text: str
    attached: bool = False
    """A file or a place came with it, which the text does not tell."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A burst of a customer's messages to answer as one."""

    new: tuple[Line, ...]
    """What the customer wrote since the last turn, oldest first; never empty."""
    before: tuple[Line, ...] = ()
    """The end of this episode until then, oldest first; not what came before a person took over."""
    note: str = ""
    """What the person decided who last gave the conversation back. Not meant for the customer."""
    introduced: bool = True
    """The bot has spoken in this conversation before, so it has said what it is."""
