"""W3C trace context: which work belongs together, across HTTP, AMQP and SQL.

Only `traceparent` (https://www.w3.org/TR/trace-context/, version 00), made and checked by hand:
events carry it as a field, so nothing here depends on a tracing library.
"""

import re
import secrets

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def is_trace(text: str) -> bool:
    """Tell whether `text` is a well-formed `traceparent` of version 00."""
    return _TRACEPARENT.fullmatch(text) is not None


def new_trace() -> str:
    """Return a `traceparent` that starts a trace, marked as sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child(trace: str) -> str:
    """Return a `traceparent` for work caused by `trace`; a new trace if that one is malformed."""
    if not is_trace(trace):
        return new_trace()
    version, trace_id, _, flags = trace.split("-")
    return f"{version}-{trace_id}-{secrets.token_hex(8)}-{flags}"
