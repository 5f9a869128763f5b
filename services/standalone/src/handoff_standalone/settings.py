"""What the environment can change about the standalone process."""

from pathlib import Path

from pydantic import Field, SecretStr

from handoff_common.settings import HomeSettings


class Settings(HomeSettings):
    """Everything has a default: `handoff run` works on a fresh machine."""

    public_base_url: str = ""
    """Where Twilio, or the simulator, finds us; empty: this machine."""
    twilio_account_sid: str = ""
    """Empty: the simulator stands in for Twilio."""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_previous: SecretStr = SecretStr("")
    twilio_whatsapp_number: str = "whatsapp:+14155238886"
    """Our number, or several with commas between."""
    twilio_api_base_url: str = ""
    """Where Twilio's API is; empty: Twilio. For a simulator that runs elsewhere."""
    pause_seconds: float = Field(default=1.5, ge=0, validation_alias="HANDOFF_PAUSE_SECONDS")
    """How long a customer must be silent before the bot's turn."""
    knowledge: Path | None = Field(default=None, validation_alias="HANDOFF_KNOWLEDGE")
    """The knowledge base; without it, that of a fictional bakery."""

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.home.resolve()}/handoff.db"

    @property
    def businesses(self) -> tuple[str, ...]:
        numbers = (number.strip() for number in self.twilio_whatsapp_number.split(","))
        return tuple(number for number in numbers if number)

    @property
    def base_url(self) -> str:
        return self.public_base_url or f"http://127.0.0.1:{self.port}"
