"""Where Twilio should call us."""

from dataclasses import dataclass

SIMULATOR_PATH = "/simulator"
WEBHOOK_PATH = "/api/twilio/webhook"
STATUS_PATH = "/api/twilio/status"
CONNECTION = "#rc=3&rp=all&ct=2000&rt=5000"
"""How Twilio should call it: three more tries, whatever went wrong (its connection overrides).

https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides. Without them: one more
try, and only when no connection came about. Twilio neither sends nor signs what follows the `#`.
"""
SANDBOX = "whatsapp:+14155238886"
"""Twilio's shared number for trying things out."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a number is told; all of them are called by POST."""

    webhook: str
    fallback: str
    """The same, tried once more after the others: what comes twice counts once."""
    status_callback: str


def addresses(base_url: str) -> Addresses:
    base = base_url.rstrip("/")
    return Addresses(
        webhook=f"{base}{WEBHOOK_PATH}{CONNECTION}",
        fallback=f"{base}{WEBHOOK_PATH}",
        status_callback=f"{base}{STATUS_PATH}{CONNECTION}",
    )
