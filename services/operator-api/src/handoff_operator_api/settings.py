"""What the operator API is told by its environment."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from handoff_common.settings import DistributedSettings


class Settings(DistributedSettings):
    """`.env.example` documents these."""

    port: int = 8002
    console_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Where browsers open the console, as `https://host[:port]`, with commas between. The first is
    the public one: if it is https, the session cookie is Secure. None: this machine."""

    console: Path | None = Field(default=None, validation_alias="HANDOFF_CONSOLE")
    """A build of the console; without it, the one in the package."""

    simulator_url: str = Field(default="", pattern=r"^(https?://[^\s?@]+)?$")
    """The simulator's page, for a link to it; empty: none."""

    @field_validator("console_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @property
    def origins(self) -> tuple[str, ...]:
        local = (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")
        return self.console_origins or local
