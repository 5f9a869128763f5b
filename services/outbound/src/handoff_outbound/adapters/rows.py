"""Rows of the ledger as the domain's values, and back."""

from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import Row

from handoff_common.events import AnyResult
from handoff_outbound.domain.attempt import Attempt, Key

Values: TypeAlias = dict[str, Any]

_RESULT: TypeAdapter[AnyResult | None] = TypeAdapter(AnyResult | None)


def attempt_of(row: Row[Any]) -> Attempt:
    return Attempt(
        key=Key(row.conversation_id, row.message_id, row.attempt),
        epoch=row.epoch,
        automatic=row.automatic,
        customer=row.customer,
        business=row.business,
        text=row.text,
        trace=row.trace,
        created_at=row.created_at,
        updated_at=row.updated_at,
        claim=row.claim,
        claimed_at=row.claimed_at,
        state=row.state,
        claims=row.claims,
        next_at=row.next_at,
        checks=row.checks,
        message_sid=row.message_sid,
        code=row.code,
        result=_RESULT.validate_python(row.result),
        unpublished=row.unpublished,
    )


def key_values(key: Key) -> Values:
    return {
        "conversation_id": key.conversation_id,
        "message_id": key.message_id,
        "attempt": key.attempt,
    }


def fixed_values(attempt: Attempt) -> Values:
    """Return what never changes after the first claim."""
    return {
        "epoch": attempt.epoch,
        "automatic": attempt.automatic,
        "customer": attempt.customer,
        "business": attempt.business,
        "text": attempt.text,
        "trace": attempt.trace,
        "created_at": attempt.created_at,
    }


def moving_values(attempt: Attempt) -> Values:
    """Return what a decision may have changed."""
    result = attempt.result
    return {
        "state": attempt.state,
        "claim": attempt.claim,
        "claims": attempt.claims,
        "claimed_at": attempt.claimed_at,
        "next_at": attempt.next_at,
        "checks": attempt.checks,
        "message_sid": attempt.message_sid,
        "code": attempt.code,
        "result": None if result is None else result.model_dump(mode="json"),
        "unpublished": attempt.unpublished,
        "updated_at": attempt.updated_at,
    }
