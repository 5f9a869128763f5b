import pytest

from handoff_common.telemetry import child, is_trace, new_trace

# The example of the W3C recommendation, section 3.2.
EXAMPLE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_new_traces_are_well_formed_and_differ() -> None:
    traces = {new_trace() for _ in range(50)}
    assert len(traces) == 50
    assert all(is_trace(trace) for trace in traces)


def test_a_child_keeps_the_trace_and_its_flags_and_has_a_span_of_its_own() -> None:
    version, trace_id, span, flags = child(EXAMPLE).split("-")
    assert (version, trace_id, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert span != "b7ad6b7169203331"
    assert is_trace(child(EXAMPLE))


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "oi",
        EXAMPLE.upper(),
        EXAMPLE + "-extra",
        EXAMPLE + "\n",
        "ff" + EXAMPLE[2:],
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
    ],
)
def test_a_malformed_trace_is_not_carried_on(malformed: str) -> None:
    assert not is_trace(malformed)
    assert is_trace(child(malformed))
