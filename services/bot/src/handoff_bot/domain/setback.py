"""Why an attempt to get a decision from a model gave none, and what then: a closed list."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Setback:
    """One reason. `name` may be logged; it is never a text of anybody's."""

    name: str
    fault: Literal["answer", "provider", "setup"]
    """Of the model's answer (others will do), of the service, or of how we are set up: then nothing
    works until somebody has changed something."""
    again: bool = True
    """One more attempt may help."""
    remark: str = ""
    """What the model is told at the next attempt."""


TIMEOUT: Final = Setback("timeout", "provider")
NETWORK: Final = Setback("network", "provider")
DOWN: Final = Setback("upstream_down", "provider")
RATE_LIMITED: Final = Setback("rate_limited", "provider")
QUOTA_DAY: Final = Setback("quota_day", "setup", again=False)
MISCONFIGURED: Final = Setback("misconfigured", "setup", again=False)
MODEL_GONE: Final = Setback("model_gone", "setup", again=False)
BAD_REQUEST: Final = Setback("bad_request", "provider", again=False)
BAD_PAYLOAD: Final = Setback("bad_payload", "provider")
EMPTY: Final = Setback("empty", "provider")
GLITCH: Final = Setback("model_glitch", "answer")
TRUNCATED: Final = Setback(
    "truncated", "answer", remark="A resposta ficou longa demais. Responda com menos palavras."
)
BLOCKED: Final = Setback("blocked", "answer", again=False)
AWAY: Final = Setback("breaker_open", "provider", again=False)
