"""The Twilio account to work with: the user's, or one made for the simulator."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from handoff_standalone.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    sid: str
    auth_tokens: tuple[str, ...]
    """The current one first; never empty."""
    is_simulated: bool


def account_of(settings: Settings) -> Account:
    """Return the configured account; without one, the simulator's, made once and kept at home.

    Raises `ValueError` when only half of the credentials is there.
    """
    sid = settings.twilio_account_sid
    token = settings.twilio_auth_token.get_secret_value()
    if bool(sid) != bool(token):
        raise ValueError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together: set both")
    if sid:
        previous = settings.twilio_auth_token_previous.get_secret_value()
        return Account(sid, (token, previous) if previous else (token,), is_simulated=False)
    return _simulated(settings.home / "simulator.json")


def _simulated(path: Path) -> Account:
    if not path.exists():
        made = {"sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)}
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(made))
        partial.replace(path)
    kept = json.loads(path.read_text())
    return Account(kept["sid"], (kept["auth_token"],), is_simulated=True)
