"""What Twilio's refusals mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_outbound.domain.errors import FAULTS, Kind, fault


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, "retry"),
        (429, 429, "retry"),
        (429, 21211, "retry"),
        (400, 63018, "retry"),
        (500, 20500, "doubtful"),
        (502, 502, "doubtful"),
        (503, 21211, "doubtful"),
        (408, 408, "doubtful"),
        (400, 21211, "permanent"),
        (400, 99999, "permanent"),
        (404, 404, "configuration"),
        (404, 20404, "configuration"),
        (401, 20003, "configuration"),
        (403, 403, "configuration"),
        (307, 307, "configuration"),
        (400, 63007, "configuration"),
        (400, 21610, "customer"),
        (400, 63016, "customer"),
    ],
)
def test_each_answer_has_one_meaning(status: int, code: int, kind: Kind) -> None:
    assert fault(status, code).kind == kind


def test_every_refusal_says_something_to_the_operator_and_nothing_else_does() -> None:
    for code, found in FAULTS.items():
        is_refusal = found.kind in ("permanent", "customer", "configuration")
        assert is_refusal == bool(found.text), code


@given(status=st.integers(500, 599), code=st.integers(0, 99_999))
def test_a_server_error_is_never_certain(status: int, code: int) -> None:
    assert fault(status, code).kind == "doubtful"


@given(status=st.integers(300, 499), code=st.integers(0, 99_999))
def test_a_refusal_without_a_server_error_always_has_a_meaning(status: int, code: int) -> None:
    found = fault(status, code)

    assert found.text or found.kind in ("retry", "doubtful")
