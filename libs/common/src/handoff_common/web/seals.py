"""Headers that keep an answer where it belongs: not cached, not sniffed, not framed."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_SEALS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def sealed(send: Send) -> Send:
    """Return a `send` that adds what every answer says unless it says otherwise."""

    async def seal(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SEALS.items():
                headers.setdefault(name, value)  # a page's files have their own
        await send(message)

    return seal
