"""What holds for every request before an endpoint sees it: whose page, how big, never cached."""

from collections.abc import Collection

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from handoff_common.telemetry import child
from handoff_common.web.origin import is_foreign
from handoff_common.web.seals import sealed
from handoff_operator_api.api.problems import Problem, bare, named, respond

log = structlog.get_logger()

BODY_LIMIT = 64 * 1024
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Edge:
    """ASGI middleware around the whole application. Puts `trace` into the request's state."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = child(headers.get("traceparent", ""))
        scope.setdefault("state", {})["trace"] = trace
        with bound_contextvars(trace=trace):
            problem = self._refusal(str(scope["method"]), headers)
            if problem is not None:
                log.warning("request.refused", reason=problem.type, method=scope["method"])
                await respond(problem)(scope, receive, sealed(send))
                return
            try:
                await self._app(scope, _limited(receive), sealed(send))
            except Exception:
                # The application has answered 500; nobody above us could do more.
                log.exception("request.failed", method=scope["method"])

    def _refusal(self, method: str, headers: Headers) -> Problem | None:
        if method not in _READING and is_foreign(
            fetch_site=headers.get("sec-fetch-site"),
            origin=headers.get("origin"),
            ours=self._origins,
        ):
            return named(403, "foreign-page", "Only our own pages may do this")
        if _length(headers) > BODY_LIMIT:
            return bare(413)
        return None


def _length(headers: Headers) -> int:
    announced = headers.get("content-length", "0")
    return int(announced) if announced.isdecimal() else 0


def _limited(receive: Receive) -> Receive:
    """Count what really comes, whatever was announced."""
    total = 0

    async def limited() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > BODY_LIMIT:
            raise HTTPException(413)
        return message

    return limited
