"""What the bot is told by its environment."""

from pathlib import Path

from pydantic import Field

from handoff_common.settings import DistributedSettings, GeminiSettings


class Settings(DistributedSettings, GeminiSettings):
    port: int = 8003
    knowledge: Path | None = Field(default=None, validation_alias="HANDOFF_KNOWLEDGE")
    """A knowledge base to answer from, as JSON; the sample bakery's without."""
