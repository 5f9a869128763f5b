"""What Gemini answered: a proposal, or one of a closed list of setbacks.

Most of what goes wrong arrives as a success: a blocked prompt, no text at all, half a text. Nothing
but a finished answer counts, even if there is text.
"""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import httpx2
from google.genai.errors import APIError
from google.genai.types import FinishReason, GenerateContentResponse
from pydantic import BaseModel, ValidationError

from handoff_bot.adapters.modelled import ModelError
from handoff_bot.domain.proposal import Proposal
from handoff_bot.domain.setback import (
    BAD_PAYLOAD,
    BAD_REQUEST,
    BLOCKED,
    DOWN,
    EMPTY,
    GLITCH,
    MISCONFIGURED,
    MODEL_GONE,
    NETWORK,
    QUOTA_DAY,
    RATE_LIMITED,
    TIMEOUT,
    TRUNCATED,
    Setback,
)

UNTOLD_WAIT = timedelta(seconds=1)
"""Before another attempt when too many were made and the service does not say how long."""
_BLOCKS: Final = frozenset(
    {
        FinishReason.SAFETY,
        FinishReason.RECITATION,
        FinishReason.LANGUAGE,
        FinishReason.BLOCKLIST,
        FinishReason.PROHIBITED_CONTENT,
        FinishReason.SPII,
        FinishReason.ESCALATION,
        FinishReason.MODEL_ARMOR,
    }
)


class _Violation(BaseModel):
    quotaId: str = ""  # noqa: N815  # as it is on the wire


class _Detail(BaseModel):
    reason: str = ""
    retryDelay: str = ""  # noqa: N815  # as it is on the wire
    violations: list[_Violation] = []


class _Error(BaseModel):
    details: list[_Detail] = []


class _Body(BaseModel):
    """The part of google.rpc.Status in JSON that we go by."""

    error: _Error = _Error()


def proposal_of(response: GenerateContentResponse) -> Proposal:
    """Return what a response proposes. Raises `ModelError`."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise ModelError(BLOCKED)
    if not response.candidates:
        raise ModelError(EMPTY)
    finish, text = response.candidates[0].finish_reason, (response.text or "").strip()
    if finish in _BLOCKS:
        raise ModelError(BLOCKED)
    if finish == FinishReason.PUP_LIMITED_DISABLED:
        raise ModelError(MISCONFIGURED)
    if finish == FinishReason.MAX_TOKENS and text:
        raise ModelError(TRUNCATED)
    if finish not in {FinishReason.STOP, FinishReason.MAX_TOKENS}:
        raise ModelError(GLITCH)
    if not text:
        raise ModelError(EMPTY)
    try:
        return Proposal.model_validate_json(text)
    except ValidationError:
        raise ModelError(GLITCH) from None


def error_of(error: Exception) -> ModelError | None:
    """Return what an exception of the call means; nothing for one that is a bug of ours."""
    match error:
        case ModelError():
            return error
        case APIError():
            return _refusal(error)
        case TimeoutError() | httpx2.TimeoutException():
            return ModelError(TIMEOUT)
        case httpx2.TransportError():
            return ModelError(NETWORK)
        case ValueError():  # no JSON, or not of the shape that the SDK knows
            return ModelError(BAD_PAYLOAD)
        case _:
            return None


def _refusal(error: APIError) -> ModelError:
    details = _details(error)
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(details)
    return ModelError(_setback(error.code, {detail.reason for detail in details}))


def _setback(code: int, reasons: set[str]) -> Setback:
    if (
        code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or "API_KEY_INVALID" in reasons
    ):  # a wrong key is a 400
        return MISCONFIGURED
    if code == HTTPStatus.NOT_FOUND:
        return MODEL_GONE
    is_refused = httpx2.codes.is_client_error(code) and code != HTTPStatus.REQUEST_TIMEOUT
    return BAD_REQUEST if is_refused else DOWN


def _too_many(details: list[_Detail]) -> ModelError:
    quotas = [violation.quotaId for detail in details for violation in detail.violations]
    if any("PerDay" in quota for quota in quotas):
        return ModelError(QUOTA_DAY)
    delays = [_seconds(detail.retryDelay) for detail in details if detail.retryDelay]
    return ModelError(RATE_LIMITED, wait=max(delays, default=UNTOLD_WAIT))


def _details(error: APIError) -> list[_Detail]:
    """Return the details of an error, none if they are not as they should be."""
    try:
        return _Body.model_validate(getattr(error, "details", None)).error.details
    except ValidationError:
        return []


def _seconds(duration: str) -> timedelta:
    """Read a google.protobuf.Duration in JSON, as "3.5s"; something else is a long time."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)s", duration)
    return timedelta(seconds=float(found[1])) if found else timedelta.max
