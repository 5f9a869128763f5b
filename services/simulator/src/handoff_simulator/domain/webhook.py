"""The forms that Twilio posts: an inbound WhatsApp message, and a status callback.

Source: Twilio, messaging/guides/webhook-request and track-outbound-message-status; real payloads.
"""

import json

from handoff_simulator.domain.account import API_VERSION, Account
from handoff_simulator.domain.message import Message, Status

_GEOGRAPHY = tuple(
    f"{end}{what}" for end in ("From", "To") for what in ("City", "State", "Zip", "Country")
)


def inbound_form(message: Message, account: Account) -> dict[str, str]:
    """Return every field of the webhook of a customer's message; blank ones go, and are signed."""
    name = message.extra.get("ProfileName", "")
    bare = message.sender.removeprefix("whatsapp:")
    number = bare.removeprefix("+") if bare.startswith("+") else ""
    context = {"ProfileName": name, "WaId": number}
    kind = message.media[0].content_type.partition("/")[0] if message.media else "text"
    form = {
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "ProfileName": name,
        "MessageType": "document" if kind == "application" else kind,
        "SmsSid": message.sid,
        "WaId": number,
        "SmsStatus": "received",
        "Body": message.body,
        "To": message.recipient,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": message.sid,
        "AccountSid": account.sid,
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": context}}),
        "From": message.sender,
        "ApiVersion": API_VERSION,
        **dict.fromkeys(_GEOGRAPHY, ""),
    }
    if not number:
        form["ExternalUserId"] = message.sender
    for index, media in enumerate(message.media):
        form[f"MediaUrl{index}"] = media.url
        form[f"MediaContentType{index}"] = media.content_type
    return {**form, **message.extra}


def status_form(
    message: Message, account: Account, status: Status, code: int | None
) -> dict[str, str]:
    """Return the fields of a status callback; `code` only tells of a failure."""
    form = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": API_VERSION,
        "MessageStatus": status,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "ChannelInstallSid": f"XE{account.sid[2:]}",
        "To": message.recipient,
        "From": message.sender,
        "MessageSid": message.sid,
        "AccountSid": account.sid,
        "ChannelToAddress": f"{message.recipient.removeprefix('whatsapp:')[:-4]}XXXX",
        "StructuredMessage": "false",
    }
    event = {"delivered": "DELIVERED", "read": "READ", "failed": "UNDELIVERED"}.get(status)
    if event is not None:
        form["EventType"] = event
    if code is not None:
        form["ErrorCode"] = str(code)
        form["ChannelStatusMessage"] = "The message was not accepted by the channel"
    return form
