"""A built page with its files, and what it may load."""

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from handoff_common.web.files import INDEX, Asset

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HASHED = re.compile(r"assets/.+[-.][\w-]{8,}\.\w+")
"""Vite puts a hash of the content into these names: what they hold never changes."""
PRESSABLE = "sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o="
"""The style that React Aria adds for whatever can be pressed; a test of the page computes it."""
_FOREVER = "public, max-age=31536000, immutable"


class BuiltPage:
    """ASGI application for what no other route wants: a file, or the page that finds its own way.

    The page answers where a browser navigates to (`Accept: text/html`); whatever else is not there
    is a 404, so that a mistyped script is no page. It may be mounted under any path.
    """

    def __init__(
        self,
        assets: Mapping[str, Asset],
        not_built: Callable[[Request], Response],
        *,
        reserved: Collection[str] = (),
    ) -> None:
        """Take the files of a build, and the answer where there are none.

        No path that begins with one of `reserved` is a page.
        """
        self._not_built = not_built
        self._reserved = reserved
        self._assets = assets
        index = assets.get(INDEX)
        self._policy = _policy(index.body if index else b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = path_of(request).removeprefix("/")
        if request.method not in ("GET", "HEAD") or path.split("/")[0] in self._reserved:
            raise HTTPException(404)
        name = path if path in self._assets else INDEX
        if name == INDEX and path not in ("", INDEX) and not navigates(request):
            raise HTTPException(404)
        if not self._assets:
            return self._not_built(request)
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


def path_of(connection: HTTPConnection) -> str:
    """Return the path below where the application is mounted."""
    scope = connection.scope
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def navigates(connection: HTTPConnection) -> bool:
    """Tell whether somebody goes there with a browser, and wants to see a page."""
    return "text/html" in connection.headers.get("accept", "")


def _policy(index: bytes) -> str:
    """Return the content security policy: nothing from elsewhere, and inline only what we built."""
    hashes = "".join(f" '{digest_of(script)}'" for script in _INLINE.findall(index))
    return (
        f"default-src 'self'; script-src 'self'{hashes}; style-src 'self' '{PRESSABLE}';"
        " img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    )


def digest_of(inline: bytes) -> str:
    """Return what a content security policy calls an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline).digest()).decode()}"
