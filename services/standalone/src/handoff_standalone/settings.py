"""What the environment can change about the standalone process and the commands."""

import logging
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from handoff_common.environment import Numbers
from handoff_common.settings import GeminiSettings, HomeSettings, SettingsError, read
from handoff_common.web.hosts import is_address

__all__ = ["Home", "Settings", "SettingsError", "Stores", "read"]

_DATABASES = ("postgresql://", "postgres://", "sqlite:///")


class Home(HomeSettings):
    """The folder, and the database in it."""

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.home.resolve()}/handoff.db"


class Settings(Home, GeminiSettings):
    """Everything has a default: `handoff run` works on a fresh machine."""

    port: int = Field(default=8000, ge=1, le=65535)
    public_base_url: str = Field(
        default="", pattern=r"^(https?://[^\s?@]+)?$", examples=["https://handoff.example.com"]
    )
    """Where Twilio, or the simulator, finds us; empty: this machine."""
    twilio_account_sid: str = Field(
        default="", pattern=r"^(AC[0-9a-fA-F]{32})?$", examples=["AC and 32 hex digits"]
    )
    """Empty: the simulator stands in for Twilio."""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_previous: SecretStr = SecretStr("")
    twilio_whatsapp_number: Numbers = Field(
        default="whatsapp:+14155238886",
        pattern=r"^whatsapp:\+\d{5,15}( *, *whatsapp:\+\d{5,15})*$",
        examples=["whatsapp:+551130000000"],
    )
    """Our number, or several with commas between."""
    twilio_api_base_url: str = Field(
        default="", pattern=r"^(https?://[^\s?@]+)?$", examples=["http://127.0.0.1:8010"]
    )
    """Where Twilio's API is; empty: Twilio. For a simulator that runs elsewhere."""
    simulator: bool = Field(default=False, validation_alias="HANDOFF_SIMULATOR")
    """Serve the simulator even where others than this machine's users reach it."""
    pause_seconds: float = Field(default=1.5, ge=0, validation_alias="HANDOFF_PAUSE_SECONDS")
    """How long a customer must be silent before the bot's turn."""
    unanswered_minutes: float = Field(
        default=10, gt=0, validation_alias="HANDOFF_UNANSWERED_MINUTES"
    )
    """How long a handoff may wait for somebody to claim it before the customer is told."""
    knowledge: Path | None = Field(default=None, validation_alias="HANDOFF_KNOWLEDGE")
    """The knowledge base; without it, that of a fictional bakery."""
    console: Path | None = Field(default=None, validation_alias="HANDOFF_CONSOLE")
    """A build of the console; without it, the one in the package."""

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError("not one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def pause(self) -> timedelta:
        return timedelta(seconds=self.pause_seconds)

    @property
    def unanswered(self) -> timedelta:
        return timedelta(minutes=self.unanswered_minutes)

    @property
    def businesses(self) -> tuple[str, ...]:
        numbers = (number.strip() for number in self.twilio_whatsapp_number.split(","))
        return tuple(number for number in numbers if number)

    @property
    def base_url(self) -> str:
        return self.public_base_url.rstrip("/") or self.local_url

    @property
    def origins(self) -> list[str]:
        """Where browsers open the console, the public URL first."""
        local = [self.local_url, f"http://localhost:{self.port}"]
        return [self.base_url, *local] if self.public_base_url else local

    @property
    def local_url(self) -> str:
        """Where this machine finds us."""
        host = self.host
        if is_address(host) and ip_address(host).is_unspecified:
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


class Stores(Home):
    """What a command works on: the servers of the distributed mode if they are named, or the home.

    Nothing of the channel: `handoff db upgrade` needs no Twilio account.
    """

    server_database_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    amqp_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    password: SecretStr = Field(default=SecretStr(""), validation_alias="HANDOFF_PASSWORD")
    """Of whom `handoff user add` adds; empty: one is made."""

    @field_validator("server_database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if value and not value.get_secret_value().startswith(_DATABASES):
            raise ValueError(f"should begin with {' or '.join(_DATABASES)}")
        return value

    @field_validator("amqp_url")
    @classmethod
    def _known_broker(cls, value: SecretStr) -> SecretStr:
        if value and not value.get_secret_value().startswith(("amqp://", "amqps://")):
            raise ValueError("should begin with amqp:// or amqps://")
        return value

    @property
    def is_distributed(self) -> bool:
        return bool(self.server_database_url.get_secret_value())

    @property
    def chosen_database_url(self) -> str:
        return self.server_database_url.get_secret_value() or self.database_url
