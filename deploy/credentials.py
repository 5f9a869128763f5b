"""The secrets of an installation in containers: made once, each in a file that containers mount.

Nothing but the standard library: what runs here runs before anything is installed.
"""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "secrets"
DEFINITIONS = Path(__file__).parent / "rabbitmq.json"
BROKER_USERS = ("owner", "ingress", "router", "bot", "outbound", "operator_api", "simulator")
DATABASE_USERS = ("router", "bot", "outbound", "operator_api")
OLD_NAMES = {
    "TWILIO_ACCOUNT_SID": ("TWILIO_SID",),
    "TWILIO_WHATSAPP_NUMBER": ("TWILIO_PHONE_NUMBER",),
    "PUBLIC_BASE_URL": ("APP_URL", "NGROK_PLATFORM_URL"),
}
"""Compose can't fall back on them, so they are refused rather than left out."""
GROUP = 10001
"""Whom containers belong to that read secrets: by the Dockerfile, or by `group_add`."""
SIMULATOR_URL = "http://simulator:8010"
TWILIO_URL = "https://api.twilio.com"


class CredentialsError(Exception):
    """What was given does not go together; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where customers are."""

    is_simulated: bool
    public_base_url: str


def create(folder: Path, environment: Mapping[str, str]) -> Channel:
    """Make what is missing and keep what is there. Raises `CredentialsError`.

    The Twilio account is that of the environment, else that of the folder, else one for the
    simulator.
    """
    _check_names(environment)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    keys = _Keys(folder)
    channel = _channel(keys, environment)
    _servers(keys)
    keys.kept("admin_password", lambda: secrets.token_urlsafe(12))
    return channel


class _Keys:
    """The files, by their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> str:
        path = self._folder / name
        return path.read_text().strip() if path.exists() else ""

    def put(self, name: str, value: str) -> None:
        """Write into the file that is there: containers have mounted that one."""
        path = self._folder / name
        if self.read(name) != value:
            path.touch(mode=0o600)
            path.write_text(value + "\n")
        _share(path)

    def kept(self, name: str, make: Callable[[], str]) -> str:
        self.put(name, self.read(name) or make())
        return self.read(name)


def _share(path: Path) -> None:
    """Let containers read it, which have users of their own.

    Only root may give a file to their group. Else it is readable by whoever gets to it, and on this
    machine the folder lets nobody in but its owner.
    """
    try:
        os.chown(path, -1, GROUP)
    except PermissionError:
        path.chmod(0o644)
    else:
        path.chmod(0o640)


def _check_names(environment: Mapping[str, str]) -> None:
    for name, old_names in OLD_NAMES.items():
        for old in old_names:
            if environment.get(old) and not environment.get(name):
                raise CredentialsError(f"{old} is an old name: in containers only {name} is read")


def _channel(keys: _Keys, environment: Mapping[str, str]) -> Channel:
    given = [environment.get(name, "") for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")]
    public = environment.get("PUBLIC_BASE_URL", "")
    if any(given) != all(given):
        raise CredentialsError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN belong together: set both")
    if all(given):
        for name, value in zip(("twilio_account_sid", "twilio_auth_token"), given, strict=True):
            keys.put(name, value)
        keys.put("twilio_api_base_url", environment.get("TWILIO_API_BASE_URL") or TWILIO_URL)
    is_simulated = keys.kept("twilio_api_base_url", lambda: SIMULATOR_URL) == SIMULATOR_URL
    keys.kept("twilio_account_sid", lambda: f"AC{secrets.token_hex(16)}")
    keys.kept("twilio_auth_token", lambda: secrets.token_hex(16))
    if not public and not is_simulated:
        raise CredentialsError("PUBLIC_BASE_URL is not set: Twilio could not find this machine")
    return Channel(is_simulated, public)


def _servers(keys: _Keys) -> None:
    owner = keys.kept("postgres_password", _password)
    keys.put("owner_database_url", f"postgresql://handoff:{owner}@postgres/handoff")
    for user in DATABASE_USERS:
        url = f"postgresql://handoff_{user}_login:{{}}@postgres/handoff"
        keys.kept(f"{user}_database_url", lambda url=url: url.format(_password()))
    redis = keys.kept("redis_password", _password)
    keys.put("operator_api_redis_url", f"redis://:{redis}@redis/0")
    definitions = json.loads(DEFINITIONS.read_text())
    hashes = dict(_broker_user(keys, user) for user in BROKER_USERS)
    for user in definitions["users"]:
        user["password_hash"] = hashes[user["name"]]
        user["hashing_algorithm"] = "rabbit_password_hashing_sha256"
    keys.put("rabbitmq_definitions", json.dumps(definitions))


def _broker_user(keys: _Keys, user: str) -> tuple[str, str]:
    name = "handoff_owner" if user == "owner" else f"handoff_{user}_login"
    start, end = f"amqp://{name}:", "@rabbitmq/handoff"
    url = keys.kept(f"{user}_amqp_url", lambda: start + _password() + end)
    return name, password_hash(url.removeprefix(start).removesuffix(end))


def password_hash(password: str) -> str:
    """Return what RabbitMQ keeps (https://www.rabbitmq.com/docs/passwords).

    The salt follows from the password, so that the file only changes when something does; what is
    192 random bits needs none.
    """
    salt = hashlib.sha256(b"salt" + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)
