"""One call of `generateContent`, with nothing of the SDK left to its environment."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Protocol, cast

import httpx2
import structlog
from google import genai
from google.genai.types import (
    AutomaticFunctionCallingConfig,
    Content,
    GenerateContentConfig,
    GenerateContentResponse,
    HttpOptions,
    Part,
)

from handoff_bot.adapters.gemini import GeminiAccount
from handoff_bot.adapters.gemini.reading import error_of, proposal_of
from handoff_bot.domain.prompt import Prompt
from handoff_bot.domain.proposal import Proposal

SERVER_TIMEOUT_MS = 15_000
"""Told to the service, which has refused less than 10 s; how long we wait is the caller's."""
OUTPUT_TOKENS = 4_096
"""Thinking included; a decision takes 200."""

log = structlog.get_logger()


@asynccontextmanager
async def connected(account: GeminiAccount) -> AsyncGenerator["Gemini"]:
    """Open the client.

    With an HTTP client of our own, because the SDK takes aiohttp if another package brings it, and
    that one repeats calls and sleeps by itself.
    """
    async with httpx2.AsyncClient() as http:
        options = HttpOptions(
            base_url=account.api_base_url,
            api_version="v1",
            timeout=SERVER_TIMEOUT_MS,
            httpx_async_client=http,
        )
        client = genai.Client(vertexai=False, api_key=account.api_key, http_options=options)
        try:
            yield Gemini(cast("_Models", client.aio.models), account.model)
        finally:
            client.close()


class _Models(Protocol):
    """What we use of the SDK, whose own signature names types of packages that are not here."""

    async def generate_content(
        self, *, model: str, contents: Content, config: GenerateContentConfig
    ) -> GenerateContentResponse: ...


class Gemini:
    """Keeps nothing between calls."""

    def __init__(self, models: "_Models", model: str) -> None:
        self._models = models
        self._model = model

    async def propose(self, prompt: Prompt) -> Proposal:
        """Return one proposal, unaudited. Raises `ModelError`."""
        started = monotonic()
        response: GenerateContentResponse | None = None
        outcome = "abandoned"
        try:
            response = await self._generate(prompt)
            proposal = proposal_of(response)
        except Exception as error:
            failure = error_of(error)
            if failure is None:
                raise
            outcome = failure.setback.name
            raise failure from None
        else:
            outcome = "ok"
            return proposal
        finally:
            log.info(
                "model.called",
                model=self._model,
                outcome=outcome,
                seconds=round(monotonic() - started, 3),
                **_usage(response),
            )

    async def _generate(self, prompt: Prompt) -> GenerateContentResponse:
        """Call it once. The last turn must be the customer's, so all is one turn of two parts."""
        return await self._models.generate_content(
            model=self._model,
            contents=Content(
                role="user", parts=[Part(text=prompt.passages), Part(text=prompt.conversation)]
            ),
            config=GenerateContentConfig(
                system_instruction=prompt.rules,
                response_mime_type="application/json",
                response_json_schema=Proposal.model_json_schema(),
                max_output_tokens=OUTPUT_TOKENS,
                automatic_function_calling=AutomaticFunctionCallingConfig(disable=True),
                automatic_continuation=False,
                store=False,
            ),
        )


def _usage(response: GenerateContentResponse | None) -> dict[str, int | None]:
    usage = response.usage_metadata if response else None
    if usage is None:
        return {}
    return {
        "tokens_in": usage.prompt_token_count,
        "tokens_cached": usage.cached_content_token_count,
        "tokens_out": usage.candidates_token_count,
        "tokens_thought": usage.thoughts_token_count,
    }
