"""What the environment can change about the router."""

from datetime import timedelta

from pydantic import Field

from handoff_common.settings import DistributedSettings


class Settings(DistributedSettings):
    pause_seconds: float = Field(default=1.5, ge=0, validation_alias="HANDOFF_PAUSE_SECONDS")
    """How long a customer must be silent before the bot's turn."""
    unanswered_minutes: float = Field(
        default=10, gt=0, validation_alias="HANDOFF_UNANSWERED_MINUTES"
    )
    """How long a handoff may wait for somebody to claim it before the customer is told."""

    @property
    def unanswered(self) -> timedelta:
        return timedelta(minutes=self.unanswered_minutes)

    @property
    def pause(self) -> timedelta:
        return timedelta(seconds=self.pause_seconds)
