"""Settings that more than one service reads, under the names that the ecosystem uses."""

from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from handoff_common.environment import NameConflictError, OldNames
from handoff_common.secret_files import SecretFiles, SettingsError

__all__ = [
    "BaseServiceSettings", "DistributedSettings", "GeminiSettings", "HomeSettings", "S",
    "SettingsError", "read",
]  # fmt: skip


class BaseServiceSettings(BaseSettings):
    """Read from files, the environment, `.env`. Only wiring reads settings (import contract)."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    log_level: str = "INFO"
    host: str = "127.0.0.1"
    port: int = 8000
    reuse_port: bool = False
    """Share the port with other replicas on this machine: the kernel spreads connections."""
    time_scale: float = Field(default=1.0, gt=0, le=1, validation_alias="HANDOFF_TIME_SCALE")
    """Multiplies every protocol deadline. For experiments: a fault run at 0.1 takes a tenth."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # Files come first: compose hands an unset variable on as an empty one. Old names come
        # before today's, which may be there and empty, and yield where they are not.
        files = SecretFiles(settings_cls)
        old = OldNames(settings_cls, env_settings, dotenv_settings)
        return init_settings, files, old, env_settings, dotenv_settings, file_secret_settings


class DistributedSettings(BaseServiceSettings):
    """What a service of the distributed mode needs besides."""

    amqp_url: str = "amqp://guest:guest@127.0.0.1:5672/"
    database_url: str = ""
    redis_url: str = "redis://127.0.0.1:6379/0"


class GeminiSettings(BaseServiceSettings):
    """What makes the bot a model's: a key. Without one it is the scripted one."""

    google_api_key: SecretStr = SecretStr("")
    gemini_model: str = "gemini-3.5-flash-lite"
    gemini_api_base_url: str = Field(
        default="https://generativelanguage.googleapis.com",
        pattern=r"^https?://[^\s?@]+$",
        examples=["http://127.0.0.1:8020"],
    )
    """Where its API is; for tests."""

    @field_validator("gemini_model", "gemini_api_base_url", mode="before")
    @classmethod
    def _default_for_nothing(cls, value: object, info: ValidationInfo) -> object:
        """Take an empty variable for none, as compose files pass what is not set."""
        return value or cls.model_fields[info.field_name or ""].default


class HomeSettings(BaseServiceSettings):
    """Where the standalone mode keeps its files."""

    home: Path = Field(default=Path("var"), validation_alias="HANDOFF_HOME")


S = TypeVar("S", bound=BaseServiceSettings)


def read(kind: type[S]) -> S:
    """Read them all; raises `SettingsError`, a line for each wrong variable."""
    try:
        return kind()
    except NameConflictError as error:
        raise SettingsError(str(error)) from None
    except ValidationError as error:
        wrong = [_complaint(kind, flaw) for flaw in error.errors()]
        raise SettingsError("\n  ".join(["these settings are wrong:", *wrong])) from None


def _complaint(kind: type[BaseServiceSettings], flaw: ErrorDetails) -> str:
    name = str(flaw["loc"][0])
    said = flaw["msg"].removeprefix("Value error, ")
    field = kind.model_fields.get(name)
    if field is not None and field.examples and flaw["type"] == "string_pattern_mismatch":
        said = f"should look like {field.examples[0]}"
    return f"{name.upper()}: {said}"
