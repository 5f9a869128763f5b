"""Google Gemini as a model. The SDK is loaded when a key is there, and only then.

It takes half a second of CPU and 20 MB, which a bot without a key need not pay.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from handoff_bot.adapters.modelled import Model


@dataclass(frozen=True, slots=True)
class GeminiAccount:
    """A key of Google AI Studio, and what it is used for."""

    api_key: str = field(repr=False)
    model: str
    api_base_url: str


@asynccontextmanager
async def opened(account: GeminiAccount) -> AsyncGenerator[Model]:
    """Provide the model; nothing is sent before the first turn."""
    from handoff_bot.adapters.gemini.client import connected  # noqa: PLC0415  # see above

    async with connected(account) as model:
        yield model
