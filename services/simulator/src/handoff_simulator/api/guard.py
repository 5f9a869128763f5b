"""What is checked before anything but Twilio's own surface is answered: who asks, whose page."""

from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from handoff_common.web.origin import is_foreign, origin_of
from handoff_common.web.page import navigates, path_of
from handoff_common.web.seals import sealed
from handoff_simulator.api.doors import Door
from handoff_simulator.domain.account import API_VERSION
from handoff_simulator.domain.refusal import Refusal

_OPEN = (f"/{API_VERSION}/", "/samples/", "/healthz", "/readyz")
"""Twilio's surface asks for credentials itself; the rest tells nobody anything."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN = Refusal(403, "Only our own pages may do this.")


class Guard:
    """ASGI middleware around the whole application; `receive` goes on as it is (see `cut`)."""

    def __init__(self, app: ASGIApp, door: Door, origins: Collection[str]) -> None:
        """Take the URLs of our own pages, besides those on the host that is asked."""
        self._app = app
        self._door = door
        self._origins = frozenset(origin_of(url) for url in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor = HTTPConnection(scope)
        if path_of(visitor).startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(visitor, str(scope["method"]))
        app = self._app if refusal is None else _answer(refusal, visitor)
        await app(scope, receive, sealed(send))

    async def _refusal(self, visitor: HTTPConnection, method: str) -> Refusal | None:
        if method not in _READING and self._comes_from_elsewhere(visitor):
            return _FOREIGN
        return await self._door.refusal(visitor)

    def _comes_from_elsewhere(self, visitor: HTTPConnection) -> bool:
        host = visitor.headers.get("host", "")
        return is_foreign(
            fetch_site=visitor.headers.get("sec-fetch-site"),
            origin=visitor.headers.get("origin"),
            ours=self._origins | {f"http://{host}", f"https://{host}"},
        )


def _answer(refusal: Refusal, visitor: HTTPConnection) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="simulator"'} if refusal.challenge else {}
    if not navigates(visitor):
        body = {"detail": refusal.detail, "sign_in": refusal.sign_in}
        return JSONResponse(body, refusal.status, headers)
    if refusal.sign_in is not None:
        return RedirectResponse(refusal.sign_in, 303)
    return PlainTextResponse(refusal.detail, refusal.status, headers)
