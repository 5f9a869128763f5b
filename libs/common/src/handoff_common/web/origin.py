"""Which web pages may act on behalf of a signed-in operator."""

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_OURS = frozenset({"same-origin", "none"})


def origin_of(url: str) -> str:
    """Return the origin of a URL as browsers write it; raises `ValueError` if it has none."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("an origin is http(s)://host[:port]")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def is_foreign(*, fetch_site: str | None, origin: str | None, ours: frozenset[str]) -> bool:
    """Tell whether a page that is not ours sent the request.

    Browsers set both headers and no page can forge them; without them it is no browser, which
    carries no cookie but its owner's. The origin is compared even where the browser says
    `same-origin`: a rebound DNS name is its own origin, but not ours.
    """
    if fetch_site is not None and fetch_site not in _OURS:
        return True
    return origin is not None and origin not in ours
