"""The few requests that the command line makes of Twilio, through its SDK, one at a time."""

import json
from dataclasses import dataclass
from typing import Any, Protocol, cast

from requests import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from handoff_standalone.channel.addresses import Addresses

_SECONDS = 8.0
_API = "https://api.twilio.com"
_MESSAGING = "https://messaging.twilio.com"
_MANY = 1000
_NO = 400


class TwilioError(Exception):
    """Twilio could not be asked, or said no; the text has no secret in it."""


class Answer(Protocol):
    """The SDK's response, of which it types little."""

    status_code: int
    text: str


@dataclass(frozen=True, slots=True)
class Sender:
    """A number as Twilio has it."""

    sid: str
    address: str
    status: str
    webhook: str
    """Empty: none, so its messages reach nobody."""


class Twilio:
    """Blocks: for a thread. Every method raises `TwilioError`."""

    def __init__(self, sid: str, auth_token: str, base_url: str = "") -> None:
        """`base_url`: another place than Twilio's, for everything."""
        base = base_url.rstrip("/")
        self._messages = f"{base or _API}/2010-04-01/Accounts/{sid}/Messages.json"
        self._senders = f"{base or _MESSAGING}/v2/Channels/Senders"
        self._client = Client(
            sid,
            auth_token,
            http_client=TwilioHttpClient(timeout=_SECONDS),
            environment={"TWILIO_EDGE": ""},  # or it takes edge and region from ours
        )

    def read_one(self) -> None:
        """Read one message, as reconciliation does: credentials that can't are of no use."""
        self._request("GET", f"{self._messages}?PageSize=1")

    def senders(self) -> list[Sender]:
        """Return the WhatsApp numbers of the account; the sandbox is not among them."""
        url = f"{self._senders}?Channel=whatsapp&PageSize={_MANY}"
        found = self._request("GET", url).get("senders")
        if not isinstance(found, list):
            raise TwilioError("Twilio's list of senders is unreadable")
        return [_sender(each) for each in cast("list[dict[str, Any]]", found)]

    def tell(self, sender: Sender, where: Addresses) -> Sender:
        """Have a number call these addresses; return it as it is then.

        Not by the SDK's own method: that sends null for what it is not given, the profile too.
        """
        hook = {
            "callback_url": where.webhook,
            "callback_method": "POST",
            "fallback_url": where.fallback,
            "fallback_method": "POST",
            "status_callback_url": where.status_callback,
            "status_callback_method": "POST",
        }
        return _sender(self._request("POST", f"{self._senders}/{sender.sid}", {"webhook": hook}))

    def _request(self, method: str, url: str, data: object = None) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = cast(
                "Answer",
                self._client.request(method, url, data=cast("Any", data), headers=headers),
            )
        except (TwilioException, RequestException, OSError) as error:
            raise TwilioError(_trouble(error)) from None
        if answer.status_code >= _NO:
            raise TwilioError(_refusal(answer.status_code, _code(answer.text)))
        try:
            return cast("dict[str, Any]", json.loads(answer.text))
        except ValueError:
            raise TwilioError("Twilio's answer is unreadable") from None


def _sender(found: dict[str, Any]) -> Sender:
    hook = cast("dict[str, str | None]", found.get("webhook") or {})
    return Sender(
        sid=str(found.get("sid", "")),
        address=str(found.get("sender_id", "")),
        status=str(found.get("status", "")),
        webhook=hook.get("callback_url") or "",
    )


def _code(text: str) -> int:
    try:
        return int(json.loads(text).get("code", 0))
    except (ValueError, AttributeError, TypeError):
        return 0


def _refusal(status: int, code: int) -> str:
    """Say what Twilio said, by numbers only: its sentences quote what they were given."""
    reason = {401: "the credentials are not accepted", 403: "the account may not do that"}
    said = reason.get(status, "Twilio refuses")
    return f"{said} (HTTP {status}{f', error {code}' if code else ''})"


def _trouble(error: Exception) -> str:
    return f"Twilio can't be reached ({type(error).__name__})"
