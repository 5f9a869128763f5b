"""What outbound is told by its environment."""

from pydantic import Field, SecretStr

from handoff_common.environment import Numbers
from handoff_common.settings import DistributedSettings


class Settings(DistributedSettings):
    """`.env.example` documents these."""

    port: int = 8004
    public_base_url: str
    """Where Twilio finds ingress, for the status callbacks."""
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_whatsapp_number: Numbers = Field(pattern=r"whatsapp:\S+")
    """One of our numbers (`whatsapp:+55…`), or several with commas between."""
    twilio_api_base_url: str = "https://api.twilio.com"
    sends_per_second: float = Field(default=80, gt=0)
    """Per number and process. WhatsApp allows a number 80: divide that by the replicas."""

    @property
    def businesses(self) -> frozenset[str]:
        return frozenset(
            number.strip() for number in self.twilio_whatsapp_number.split(",") if number.strip()
        )
