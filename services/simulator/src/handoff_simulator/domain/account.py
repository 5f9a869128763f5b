"""The Twilio account that the simulator plays, and the addresses on its channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

API_VERSION = "2010-04-01"

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its WhatsApp senders (`whatsapp:+…`, the first is the default), its secrets."""

    sid: str
    senders: tuple[str, ...]
    auth_token: str = field(repr=False)
    """Signs every webhook, also where requests come with an API key."""
    api_keys: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """`SK…` to its secret."""

    def admits(self, user: str, secret: str) -> bool:
        """Tell whether this is the account's own SID and token, or one of its API keys."""
        expected = self.auth_token if user == self.sid else self.api_keys.get(user)
        return expected is not None and compare_digest(expected.encode(), secret.encode())


def channel_address(text: str) -> str | None:
    """Return `whatsapp:…` for `+5511…`, for `BR.…` (an identity without a number), or for itself.

    None when it is neither. Source: Twilio's changelog of 2026-07-20.
    """
    bare = text.removeprefix("whatsapp:")
    if _PHONE.fullmatch(bare) or _USER_ID.fullmatch(bare):
        return f"whatsapp:{bare}"
    return None


def is_phone(text: str) -> bool:
    """Tell whether this is a number in E.164, without a channel."""
    return _PHONE.fullmatch(text) is not None
