"""The way to Twilio and the way back."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, cast
from urllib.parse import urlsplit

import aiohttp
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from handoff_common.web.hosts import is_loopback
from handoff_standalone.channel.addresses import SANDBOX, STATUS_PATH, WEBHOOK_PATH, addresses
from handoff_standalone.channel.twilio import Sender, Twilio, TwilioError
from handoff_standalone.doctor.checking import Finding, failed, not_applicable, ok, warning
from handoff_standalone.settings import Settings

_API = "https://api.twilio.com"
_SECONDS = 8.0
_FORBIDDEN, _NO_CONTENT = 403, 204
_OFF, _FAR_OFF = 2.0, 5.0
"""Seconds. The list of messages is searched from 5 s before a claim on (`matching.SKEW`)."""
_SIMULATED = "no Twilio account is configured: the simulator stands in"


class Signer(Protocol):
    """The SDK's validator, which has no types."""

    def compute_signature(self, uri: str, params: Mapping[str, str]) -> str: ...


def is_simulated(settings: Settings) -> bool:
    return not settings.twilio_account_sid


def _token(settings: Settings) -> str:
    return settings.twilio_auth_token.get_secret_value().strip()


def _twilio(settings: Settings) -> Twilio:
    return Twilio(settings.twilio_account_sid, _token(settings), settings.twilio_api_base_url)


async def credentials(settings: Settings) -> Finding:
    if is_simulated(settings):
        return not_applicable(_SIMULATED)
    if not _token(settings):
        return failed("TWILIO_AUTH_TOKEN is not set", "Copy it from Twilio's Console.")
    try:
        await asyncio.to_thread(_twilio(settings).read_one)
    except TwilioError as error:
        return failed(str(error), "Compare TWILIO_ACCOUNT_SID and _AUTH_TOKEN with the Console.")
    return ok("Twilio accepts the credentials")


async def sender(settings: Settings) -> Finding:
    """Look whether our numbers are Twilio's senders, and whom they call."""
    if is_simulated(settings):
        return not_applicable(_SIMULATED)
    own = [number for number in settings.businesses if number != SANDBOX]
    if not own:
        return warning(
            f"{SANDBOX} is Twilio's sandbox: who writes must have joined, within three days",
            "For customers, set TWILIO_WHATSAPP_NUMBER to a number of your own.",
        )
    try:
        known = {each.address: each for each in await asyncio.to_thread(_twilio(settings).senders)}
    except TwilioError as error:
        return warning(f"its senders can't be listed: {error}", "Look at them in Twilio's Console.")
    troubles = [_trouble(number, known.get(number), settings) for number in own]
    said = [trouble for trouble in troubles if trouble]
    if said:
        return failed("; ".join(said), "Run: handoff twilio configure --apply")
    return ok(f"{', '.join(own)}: known to Twilio, and calling us")


def _trouble(number: str, found: Sender | None, settings: Settings) -> str:
    if found is None:
        return f"{number} is no WhatsApp sender of this account"
    if not found.status.startswith("ONLINE"):
        return f"{number} is {found.status}"
    wanted = addresses(settings.base_url).webhook
    if found.webhook.partition("#")[0] != wanted.partition("#")[0]:
        return f"{number} calls {found.webhook or 'nobody'}"
    return ""


async def public_url(settings: Settings) -> Finding:
    url = settings.public_base_url
    if not url:
        if is_simulated(settings):
            return not_applicable(_SIMULATED)
        return failed("PUBLIC_BASE_URL is not set", "Set it to where Twilio finds this machine.")
    host = urlsplit(url).hostname or ""
    if not is_simulated(settings) and not settings.twilio_api_base_url and is_loopback(host):
        return failed(f"{url} is this machine's own name for itself", "Use one that Twilio finds.")
    if not url.startswith("https://"):
        return warning(f"{url} is not https", "Whoever is on the way reads what customers write.")
    return ok(url)


async def webhook(settings: Settings) -> Finding:
    """Knock without a signature, then with one that changes nothing.

    That one is a status callback about a message that is none of ours: it is answered 204 and put
    aside. The same signature, host and path prefix as Twilio's, so a proxy that changes them shows.
    """
    if is_simulated(settings):
        return not_applicable(_SIMULATED)
    if not settings.public_base_url or not _token(settings):
        return not_applicable("PUBLIC_BASE_URL and TWILIO_AUTH_TOKEN come first")
    base = settings.base_url
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client:
            unsigned = await _posted(client, base + WEBHOOK_PATH, {})
            form = {"AccountSid": settings.twilio_account_sid, "MessageStatus": "sent"}
            signer = cast("Signer", RequestValidator(_token(settings)))
            signature = signer.compute_signature(base + STATUS_PATH, form)
            signed = await _posted(client, base + STATUS_PATH, form, {SIGNATURE_HEADER: signature})
    except (aiohttp.ClientError, TimeoutError) as error:
        return failed(
            f"{base} can't be reached from here ({type(error).__name__})",
            "Start handoff; then look at the tunnel, proxy or name that leads to it.",
        )
    return _answered(base, unsigned, signed)


async def _posted(
    client: aiohttp.ClientSession,
    url: str,
    form: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> int:
    async with client.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        return answer.status


def _answered(base: str, unsigned: int, signed: int) -> Finding:
    if (unsigned, signed) == (_FORBIDDEN, _NO_CONTENT):
        return ok(f"{base} answers: 403 to a stranger, {signed} to a signature of ours")
    if unsigned != _FORBIDDEN:
        return failed(
            f"{base}{WEBHOOK_PATH} answers {unsigned} to an unsigned request, and should 403",
            "Does this address lead to handoff? Is it running?",
        )
    if signed == _FORBIDDEN:
        return failed(
            "our own signature is refused",
            "It covers PUBLIC_BASE_URL and the path: the process must have the same one, the same"
            " token and account, and a proxy may change neither path nor query.",
        )
    return failed(f"{base}{STATUS_PATH} answers {signed} to a signed request", "See its log.")


async def skew(settings: Settings) -> float | None:
    """Return how many seconds Twilio's clock is ahead of ours, to a second; None: not known."""
    if is_simulated(settings):
        return None
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    url = settings.twilio_api_base_url or _API
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return None
    # A whole second is meant by each of its dates: half of it on average.
    return theirs.timestamp() + 0.5 - datetime.now(UTC).timestamp()


def clock(ahead: Mapping[str, float | None]) -> Finding:
    """Judge the clocks that could be compared with this machine's."""
    known = {name: seconds for name, seconds in ahead.items() if seconds is not None}
    if not known:
        return not_applicable("there is no other clock to compare this machine's with")
    said = ", ".join(f"{name}'s is {seconds:+.1f} s" for name, seconds in known.items())
    worst = max(abs(seconds) for seconds in known.values())
    advice = "Have the clocks set by NTP: a message's doubt is resolved by Twilio's dates."
    if worst > _FAR_OFF:
        return failed(f"beside this machine's clock, {said}", advice)
    return warning(f"beside this machine's clock, {said}", advice) if worst > _OFF else ok(said)
