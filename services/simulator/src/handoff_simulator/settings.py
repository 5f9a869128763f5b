"""Variables of the simulator; the account's are the ones that the product reads."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from handoff_common.environment import Numbers
from handoff_common.settings import HomeSettings


class SimulatorSettings(HomeSettings):
    """`HANDOFF_HOME` holds the record (`simulator.db`)."""

    port: int = Field(default=8010, validation_alias="SIMULATOR_PORT")
    twilio_account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: str = Field(min_length=1, repr=False)
    twilio_api_key: str = ""
    twilio_api_secret: str = Field(default="", repr=False)
    twilio_whatsapp_number: Numbers = Field(
        default="whatsapp:+14155238886", pattern=r"^whatsapp:\+\d+(,whatsapp:\+\d+)*$"
    )
    """The senders, with commas between them."""
    public_base_url: str = "http://127.0.0.1:8000"
    internal_base_url: str = Field(default="", validation_alias="SIMULATOR_INTERNAL_BASE_URL")
    """Connect to this instead of `PUBLIC_BASE_URL`, which still is what gets signed."""
    webhook_path: str = Field(
        default="/api/twilio/webhook#rc=3&rp=all&ct=2000&rt=5000",
        validation_alias="SIMULATOR_WEBHOOK_PATH",
    )
    """Under `PUBLIC_BASE_URL`; the fragment is Twilio's connection overrides."""
    fallback_path: str = Field(default="", validation_alias="SIMULATOR_FALLBACK_PATH")

    amqp_url: str = ""
    """Where the product's own events are seen; none: only Twilio's side is."""
    console_origins: str = ""
    """Where operators open the console; the first one counts, where commas are between."""
    access: Literal["", "open"] = Field(default="", validation_alias="SIMULATOR_ACCESS")
    """`open`: nobody but this machine's users reaches the address, whatever `HOST` is."""
    password: SecretStr = Field(default=SecretStr(""), validation_alias="SIMULATOR_PASSWORD")
    """Of the control surface and the page, where others reach it."""

    @property
    def console(self) -> str | None:
        named = (origin.strip() for origin in self.console_origins.split(","))
        return next((origin for origin in named if origin), None)

    @property
    def record_path(self) -> Path:
        return self.home / "simulator.db"
