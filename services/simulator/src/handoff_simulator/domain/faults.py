"""The fault switches: what goes wrong, how often, and in which order it was scripted to.

Chances are drawn from a seeded sequence, so that a run can be repeated as far as its timing allows.
"""

from hashlib import blake2b
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

CreateFault: TypeAlias = Literal[
    "reject_401",
    "reject_429",
    "error_500_before",
    "cut_before",
    "error_500_after",
    "cut_after",
    "hang_after",
]
"""On a create request: `reject_…` and `…_before` are not accepted; `…_after` are, and stored."""

LaterFault: TypeAlias = Literal[
    "fail",
    "callback_drop",
    "callback_double",
    "callback_reorder",
    "webhook_drop",
    "webhook_double",
    "media_unlisted",
]

Fault: TypeAlias = CreateFault | LaterFault

CREATE_FAULTS: tuple[CreateFault, ...] = get_args(CreateFault)

Chance = Annotated[float, Field(ge=0, le=1)]
Milliseconds = Annotated[int, Field(ge=0, le=600_000)]


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Line(_Part):
    """One line of the script: the next `times` texts that contain this meet this fault."""

    contains: str = Field(description="A part of the text; empty matches every text.")
    fault: Fault
    times: Annotated[int, Field(ge=1)] = 1
    code: int = Field(
        default=63024, description="Of `fail`: the error code that the callback tells."
    )


class Faults(_Part):
    """All switches. What is left out is off, or has its default; unknown names are refused.

    The seven chances of a create request exclude each other and are drawn together, so they add up
    to 1 at most; the others are drawn one by one. A line of the script goes before any chance.
    """

    seed: int = Field(default=0, description="Of every chance below; setting it starts it again.")

    reject_401: Chance = Field(default=0, description="401, as to a wrong token; not accepted.")
    reject_429: Chance = Field(default=0, description="429 with Retry-After; not accepted.")
    error_500_before: Chance = Field(default=0, description="500; not accepted.")
    cut_before: Chance = Field(default=0, description="Connection cut; not accepted.")
    error_500_after: Chance = Field(default=0, description="Accepted, then 500.")
    cut_after: Chance = Field(default=0, description="Accepted, then the connection is cut.")
    hang_after: Chance = Field(default=0, description="Accepted, answered after `hang_after_ms`.")
    hang_after_ms: Milliseconds = 35_000
    delay_ms: tuple[Milliseconds, Milliseconds] = Field(
        default=(0, 0), description="Before every answer of a create request (after it was stored)."
    )
    accept_delay_ms: tuple[Milliseconds, Milliseconds] = Field(
        default=(0, 0), description="Before a create request is accepted (and stored)."
    )

    outside_window: bool = Field(
        default=True, description="Fail with 63016 what goes out 24 h after the customer wrote."
    )
    fail: Chance = Field(default=0, description="Accepted, then reported as failed (63024).")
    callback_drop: Chance = 0
    callback_double: Chance = 0
    callback_reorder: Chance = Field(default=0, description="A callback goes after its successor.")
    callback_delay_ms: tuple[Milliseconds, Milliseconds] = Field(
        default=(10, 50), description="Before each change of a status."
    )
    read_receipts: bool = Field(default=False, description="Go on from delivered to read.")

    webhook_drop: Chance = Field(default=0, description="The webhook never goes out.")
    webhook_double: Chance = 0
    media_unlisted: Chance = Field(default=0, description="500 to who lists a message's files.")
    webhook_reorder_ms: Milliseconds = Field(
        default=0, description="Each webhook waits a random time up to this."
    )

    bot_delay_ms: Annotated[int, Field(ge=0, le=60_000)] = Field(
        default=0, description="The bot thinks so much longer; only inside the standalone product."
    )

    script: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _is_possible(self) -> "Faults":
        if sum(self.chance(fault) for fault in CREATE_FAULTS) > 1:
            raise ValueError("the chances of a create request add up to more than 1")
        for low, high in (self.delay_ms, self.accept_delay_ms, self.callback_delay_ms):
            if low > high:
                raise ValueError("a delay is [from, to]")
        return self

    def chance(self, fault: Fault) -> float:
        return float(getattr(self, fault))


class Switches:
    """Decides, for each text that passes, what goes wrong with it."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._left = [line.times for line in self.faults.script]
        self._drawn = 0

    def set(self, faults: Faults) -> None:
        """Replace every switch; the script and the sequence of chances start again."""
        self.faults = faults
        self._left = [line.times for line in faults.script]
        self._drawn = 0

    def on_create(self, text: str) -> CreateFault | None:
        """Return the fault that this create request meets, if any."""
        for fault in CREATE_FAULTS:
            if self._scripted(fault, text) is not None:
                return fault
        draw = self._draw()
        for fault in CREATE_FAULTS:
            draw -= self.faults.chance(fault)
            if draw < 0:
                return fault
        return None

    def strikes(self, fault: LaterFault, text: str) -> bool:
        """Tell whether this fault happens now."""
        if self._scripted(fault, text) is not None:
            return True
        chance = self.faults.chance(fault)
        return chance > 0 and self._draw() < chance

    def failure(self, text: str) -> int | None:
        """Return the error code that an accepted message will fail with, if a switch says so."""
        line = self._scripted("fail", text)
        if line is not None:
            return line.code
        return 63024 if 0 < self.faults.fail > self._draw() else None

    def between(self, span: tuple[int, int]) -> float:
        """Return a random time of the span, in seconds."""
        low, high = span
        return (low + (high - low) * self._draw()) / 1000 if high else 0

    def _scripted(self, fault: Fault, text: str) -> Line | None:
        for index, line in enumerate(self.faults.script):
            if line.fault == fault and self._left[index] and line.contains in text:
                self._left[index] -= 1
                return line
        return None

    def _draw(self) -> float:
        """Return the next number of the sequence, in [0, 1)."""
        self._drawn += 1
        digest = blake2b(f"{self.faults.seed}/{self._drawn}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64
