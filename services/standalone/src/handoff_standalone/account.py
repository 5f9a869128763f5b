"""The Twilio account to work with: the user's, or one made for the simulator."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated

from handoff_common.web.hosts import is_loopback
from handoff_standalone.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Account:
    sid: str
    auth_tokens: tuple[str, ...]
    """The current one first; never empty."""
    is_simulated: bool


@validated(frozen=True)
class _Kept:
    sid: str
    auth_token: str


_KEPT = TypeAdapter(_Kept)


def account_of(settings: Settings) -> Account:
    """Return the configured account; without one, the simulator's, made once and kept at home.

    Raises `SettingsError` for settings under which no message would come or go, or under which
    strangers would reach the simulator.
    """
    sid = settings.twilio_account_sid
    token = settings.twilio_auth_token.get_secret_value().strip()
    if bool(sid) != bool(token):
        raise SettingsError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together: set both")
    if not sid:
        _check_simulated(settings)
        return _simulated(settings.home / "simulator.json")
    if not settings.public_base_url:
        raise SettingsError("PUBLIC_BASE_URL is not set: Twilio could not find this machine")
    previous = settings.twilio_auth_token_previous.get_secret_value()
    return Account(sid, (token, previous) if previous else (token,), is_simulated=False)


def _check_simulated(settings: Settings) -> None:
    """Refuse to show the simulator to strangers.

    Whoever reaches its control surface writes as any customer and reads every phone, without a
    password: that is what it is for, on one's own machine.
    """
    if settings.twilio_api_base_url:
        raise SettingsError("TWILIO_API_BASE_URL needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
    places = {"HOST": settings.host}
    if settings.public_base_url:
        places["PUBLIC_BASE_URL"] = urlsplit(settings.public_base_url).hostname or ""
    named = " and ".join(name for name, host in places.items() if not is_loopback(host))
    if named and not settings.simulator:
        raise SettingsError(
            f"{named}: others than this machine's users reach us, and without Twilio's credentials"
            " the simulator stands in, whose control surface has no password. Set"
            " TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or HANDOFF_SIMULATOR=on if that is wanted"
        )


def _simulated(path: Path) -> Account:
    if not path.exists():
        made = {"sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)}
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(made))
        partial.replace(path)
    try:
        kept = _KEPT.validate_json(path.read_bytes())
    except ValidationError:
        raise SettingsError(f"{path} is damaged; without it a new account is made") from None
    return Account(kept.sid, (kept.auth_token,), is_simulated=True)
