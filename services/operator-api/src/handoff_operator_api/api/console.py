"""The console's pages and files, and what its pages may load."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

INDEX = "index.html"
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HASHED = re.compile(r"assets/.+[-.][\w-]{8,}\.\w+")
"""Vite puts a hash of the content into these names: what they hold never changes."""
_FOREVER = "public, max-age=31536000, immutable"
_NOT_BUILT = """\
The console is not part of this installation: its files were not built.

The API is at /api, its description at /docs.
"""


class Asset(Protocol):
    """A file as it goes to browsers."""

    @property
    def body(self) -> bytes: ...
    @property
    def etag(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    def gzipped(self) -> bytes | None: ...


class Console:
    """ASGI application for what no other route wants: a file, or the page that finds its own way.

    The page answers where a browser navigates to (`Accept: text/html`), outside `/api`; whatever
    else is not there is a 404, so that a mistyped script is no page.
    """

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        index = assets.get(INDEX)
        self._policy = _policy(index.body if index else b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        if request.method not in ("GET", "HEAD") or path.split("/")[0] == "api":
            raise HTTPException(404)
        name = path if path in self._assets else INDEX
        if name == INDEX and path not in ("", INDEX) and not _navigates(request):
            raise HTTPException(404)
        if not self._assets:
            return PlainTextResponse(_NOT_BUILT, 404)
        return self._file(name, request)

    def _file(self, name: str, request: Request) -> Response:
        asset = self._assets[name]
        headers = {
            "Cache-Control": _FOREVER if _HASHED.fullmatch(name) else "no-cache",
            "Content-Security-Policy": self._policy,
            "ETag": asset.etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == asset.etag:
            return Response(status_code=304, headers=headers)
        body = asset.body
        packed = asset.gzipped() if "gzip" in request.headers.get("accept-encoding", "") else None
        if packed is not None:
            headers["Content-Encoding"], body = "gzip", packed
        headers["Content-Length"] = str(len(body))
        sent = b"" if request.method == "HEAD" else body
        return Response(sent, media_type=asset.media_type, headers=headers)


def _navigates(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _policy(index: bytes) -> str:
    """Return the content security policy: nothing from elsewhere, and inline only what we built."""
    hashes = "".join(f" '{digest_of(script)}'" for script in _INLINE.findall(index))
    return (
        f"default-src 'self'; script-src 'self'{hashes}; img-src 'self' data:; object-src 'none';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def digest_of(inline: bytes) -> str:
    """Return what a content security policy calls an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline).digest()).decode()}"
