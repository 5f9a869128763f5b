"""What ingress is told by its environment."""

from pydantic import Field, SecretStr

from handoff_common.environment import Numbers
from handoff_common.settings import DistributedSettings


class Settings(DistributedSettings):
    """`.env.example` documents these."""

    port: int = 8001
    public_base_url: str
    """Where Twilio finds us; `#…` (overrides of its connection settings) is allowed, not signed."""
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_auth_token_previous: SecretStr = SecretStr("")
    """Valid besides the other while the tokens are rotated."""
    twilio_whatsapp_number: Numbers = Field(pattern=r"whatsapp:\S+")
    """One of our numbers (`whatsapp:+55…`), or several with commas between."""

    @property
    def auth_tokens(self) -> list[str]:
        """The current token, even if empty (an error at start), and the previous one if any."""
        previous = self.twilio_auth_token_previous.get_secret_value()
        return [self.twilio_auth_token.get_secret_value(), *([previous] if previous else [])]

    @property
    def businesses(self) -> frozenset[str]:
        return frozenset(
            number.strip() for number in self.twilio_whatsapp_number.split(",") if number.strip()
        )
