"""Who may use the control surface of a simulator that is a process of its own.

Whoever reaches it writes as any customer and reads every phone: on one's own machine that is what
it is for.
"""

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from handoff_common.web.hosts import is_local, is_loopback

Access: TypeAlias = Literal["open", "password", "closed"]


def access_of(*, bind: str, public_base_url: str, wanted: bool, password: bool) -> Access:
    """Return how the door stands.

    `bind` is the address that we listen on. Behind a product that the world can reach, or on an
    address that others reach, it takes a password; `wanted` says of the second that nobody else
    does (a container whose port is published on this machine only).
    """
    if password:
        return "password"
    if not is_local(urlsplit(public_base_url).hostname or ""):
        return "closed"
    return "open" if is_loopback(bind) or wanted else "closed"
