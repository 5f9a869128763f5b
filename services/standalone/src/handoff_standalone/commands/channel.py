"""`handoff twilio …`."""

import sys
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from handoff_standalone.channel.addresses import SANDBOX, Addresses, addresses
from handoff_standalone.commands.speech import FAILED, USAGE, AsJson, fail, settings_of, step, tell
from handoff_standalone.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The channel: WhatsApp through Twilio.")

_SANDBOX_ONLY_THERE = (
    "the sandbox has no API: enter them in Twilio's Console, under"
    " Messaging > Try it out > WhatsApp sandbox settings"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one number."""

    number: str
    sandbox: bool
    applied: bool
    reason: str = ""


@app.callback()
def group() -> None:
    """Keep `configure` a command of its own, although it is the only one."""


@app.command(epilog="Example: PUBLIC_BASE_URL=https://handoff.example.com handoff twilio configure")
def configure(
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Enter them at Twilio, where it has an API for that.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the addresses that Twilio should call; with --apply, tell Twilio.

    The sandbox can only be told in Twilio's Console; a number of your own by --apply too. Twilio
    calls them from outside: PUBLIC_BASE_URL must be found from there, by https.
    """
    settings = settings_of(Settings)
    if not settings.public_base_url:
        fail("PUBLIC_BASE_URL is not set: under which address does Twilio find this machine?")
    if not settings.public_base_url.startswith("https://"):
        typer.echo(
            "handoff: PUBLIC_BASE_URL is not https: whoever is on the way reads it", err=True
        )
    where = addresses(settings.public_base_url)
    applied = _applied(settings, where) if apply else []
    found = {**asdict(where), "method": "POST", "numbers": list(settings.businesses)}
    if apply:
        found["applied"] = [asdict(each) for each in applied]
    tell(_as_text(settings, where, applied), found, as_json=as_json)
    if not all(each.applied for each in applied):
        sys.exit(FAILED)


def _applied(settings: Settings, where: Addresses) -> list[Applied]:
    token = settings.twilio_auth_token.get_secret_value().strip()
    if not settings.twilio_account_sid or not token:
        fail("--apply needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", code=USAGE)
    from handoff_standalone.channel.twilio import Sender, Twilio, TwilioError

    twilio = Twilio(settings.twilio_account_sid, token, settings.twilio_api_base_url)
    own = [number for number in settings.businesses if number != SANDBOX]
    try:
        senders = {sender.address: sender for sender in twilio.senders()} if own else {}
    except TwilioError as error:
        fail(str(error))

    def told(number: str, sender: Sender | None) -> Applied:
        if number == SANDBOX:
            return Applied(number, sandbox=True, applied=False, reason=_SANDBOX_ONLY_THERE)
        if sender is None:
            reason = "Twilio knows no such WhatsApp sender in this account"
            return Applied(number, sandbox=False, applied=False, reason=reason)
        with step(f"Telling Twilio about {number}"):
            try:
                now = twilio.tell(sender, where)
            except TwilioError as error:
                return Applied(number, sandbox=False, applied=False, reason=str(error))
        kept = now.webhook == where.webhook
        reason = "" if kept else f"Twilio keeps another webhook: {now.webhook or 'none'}"
        return Applied(number, sandbox=False, applied=kept, reason=reason)

    return [told(number, senders.get(number)) for number in settings.businesses]


def _as_text(settings: Settings, where: Addresses, applied: list[Applied]) -> str:
    lines = [
        "Enter at Twilio, all of them with the method POST:",
        "",
        f"  When a message comes in   {where.webhook}",
        f"  If that fails             {where.fallback}",
        f"  Status callback           {where.status_callback}",
        "",
        "What follows the # is for Twilio: three more tries, whatever goes wrong. The status",
        "callback also goes with every message that we send, so that field may stay empty.",
    ]
    if SANDBOX in settings.businesses:
        lines += ["", f"{SANDBOX} is the sandbox: {_SANDBOX_ONLY_THERE}."]
    if any(number != SANDBOX for number in settings.businesses) and not applied:
        lines += ["", "A number of your own: Messaging > Senders > WhatsApp senders, or --apply."]
        lines += ["One in a Messaging Service: there, since the service's address wins."]
    for each in applied:
        lines += ["", f"{each.number}: {'told' if each.applied else f'not told: {each.reason}'}"]
    return "\n".join(lines)
