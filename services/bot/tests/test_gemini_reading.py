"""Whatever Gemini answers: a proposal that it finished, or a setback of the closed list."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from google.genai.errors import APIError
from google.genai.types import FinishReason, GenerateContentResponse
from hypothesis import given
from hypothesis import strategies as st

from handoff_bot.adapters.gemini.reading import UNTOLD_WAIT, error_of, proposal_of
from handoff_bot.adapters.modelled import ModelError
from handoff_bot.domain.proposal import Proposal
from handoff_bot.domain.setback import (
    BAD_PAYLOAD,
    BAD_REQUEST,
    DOWN,
    MISCONFIGURED,
    MODEL_GONE,
    NETWORK,
    QUOTA_DAY,
    RATE_LIMITED,
    TIMEOUT,
    Setback,
)

Json = dict[str, Any]
GOOD = '{"action": "clarify", "text": "Oi!", "reason": "none", "sources": [], "language": "pt-BR"}'
REASONS = [reason.value for reason in FinishReason]
PARTS: Json = {
    "text": {"text": GOOD},
    "half": {"text": GOOD[:40]},
    "blank": {"text": " "},
    "words": {"text": "oi"},
    "thought": {"text": "hmm", "thought": True},
    "call": {"functionCall": {"name": "transfer", "args": {"to": "human"}}},
}


def candidate(reason: str, parts: list[str] | None) -> Json:
    content: Json = {} if parts is None else {"parts": [PARTS[part] for part in parts]}
    return {"finishReason": reason, "content": content}


CANDIDATES = st.builds(
    candidate,
    st.sampled_from([*REASONS, "STOP", "STOP"]),
    st.none() | st.lists(st.sampled_from(sorted(PARTS)), max_size=3),
)


def read(body: Json) -> Proposal | str:
    """Return what a response proposes, or the name of its setback."""
    try:
        return proposal_of(GenerateContentResponse.model_validate(body))
    except ModelError as error:
        return error.setback.name


@given(st.lists(CANDIDATES, max_size=2), st.sampled_from([None, "SAFETY", "OTHER"]))
def test_only_a_finished_answer_of_the_agreed_shape_is_a_proposal(
    candidates: list[Json], block: str | None
) -> None:
    found = read({"candidates": candidates, "promptFeedback": {"blockReason": block}})
    first = candidates[0] if candidates else candidate("OTHER", None)
    said = [part for part in first["content"].get("parts", ()) if not part.get("thought")]
    text = "".join(part.get("text", "") for part in said).strip()
    is_good = not block and first["finishReason"] == "STOP" and text == GOOD
    assert isinstance(found, Proposal) == is_good


@pytest.mark.parametrize("reason", [name for name in REASONS if name != "STOP"])
def test_no_reason_but_the_end_lets_a_text_through(reason: str) -> None:
    assert isinstance(read({"candidates": [candidate(reason, ["text"])]}), str)


def test_thoughts_are_not_part_of_the_answer() -> None:
    found = read({"candidates": [candidate("STOP", ["thought", "text"])]})
    assert isinstance(found, Proposal)
    assert found.text == "Oi!"


@pytest.mark.parametrize(
    ("error", "setback"),
    [
        (TimeoutError(), TIMEOUT),
        (httpx2.ReadTimeout(""), TIMEOUT),
        (httpx2.ConnectError(""), NETWORK),
        (httpx2.RemoteProtocolError(""), NETWORK),
        (ValueError("customer's words"), BAD_PAYLOAD),
        (APIError(302, {}), DOWN),
        (APIError(400, {}), BAD_REQUEST),
        (APIError(401, {}), MISCONFIGURED),
        (APIError(404, {}), MODEL_GONE),
        (APIError(503, []), DOWN),
    ],
)
def test_every_error_of_the_call_has_its_setback(error: Exception, setback: Setback) -> None:
    found = error_of(error)
    assert found is not None
    assert found.setback == setback
    assert str(found) == setback.name


def test_a_bug_is_no_setback() -> None:
    assert error_of(KeyError("x")) is None


@pytest.mark.parametrize(
    ("details", "setback", "wait"),
    [
        ([], RATE_LIMITED, UNTOLD_WAIT),
        ([{"retryDelay": "3.5s"}], RATE_LIMITED, timedelta(seconds=3.5)),
        ([{"retryDelay": "1s"}, {"retryDelay": "2s"}], RATE_LIMITED, timedelta(seconds=2)),
        ([{"retryDelay": "soon"}], RATE_LIMITED, timedelta.max),
        ([{"violations": [{"quotaId": "X-PerMinute"}]}], RATE_LIMITED, UNTOLD_WAIT),
        ([{"violations": [{"quotaId": "X-PerDay-Y"}]}], QUOTA_DAY, timedelta(0)),
        (["odd"], RATE_LIMITED, UNTOLD_WAIT),
    ],
)
def test_too_many_calls_say_how_long_to_wait(
    details: list[object], setback: Setback, wait: timedelta
) -> None:
    found = error_of(APIError(429, {"error": {"details": details}}))
    assert found is not None
    assert (found.setback, found.wait) == (setback, wait)


@pytest.mark.parametrize("odd", [None, 7, "text", [], ["x"], {}, {"error": {"details": {}}}])
def test_an_error_of_any_shape_is_read(odd: object) -> None:
    for shape in (odd, {"error": odd}, {"error": {"details": odd}}, {"error": {"details": [odd]}}):
        found = error_of(APIError(429, shape))
        assert found is not None
        assert found.setback == RATE_LIMITED
