"""A customer's message, from the form that Twilio posts.

Fields: https://www.twilio.com/docs/messaging/guides/webhook-request and, for WhatsApp,
https://www.twilio.com/docs/whatsapp/api. `ListId` is not in either: read if it is there.
"""

import re
from collections.abc import Collection
from datetime import datetime

from handoff_common.events import CustomerWrote, Location, Media
from handoff_common.ids import inbound_id
from handoff_ingress.domain.form import ForeignError, Form

ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
ADDRESS = re.compile(r"whatsapp:(\+[0-9]{5,20}|[A-Z]{2}\.[0-9A-Za-z._-]{1,128})")
"""A phone number, or a business-scoped user id (country and opaque id): no number at all."""

TEXT_LIMIT = 4096
"""Twilio cuts inbound texts at 1600; WhatsApp's own limit leaves room should that change."""
_LABEL_LIMIT = 1000
_URL_LIMIT = 2048
_TYPE_LIMIT = 128
_COUNT = re.compile(r"[0-9]{1,3}")


def account_of(form: Form, ours: str) -> str:
    """Return the account that the form is about. Raises `MalformedError`, `ForeignError`."""
    account = form.exact("AccountSid", ACCOUNT_SID)
    if account != ours:
        raise ForeignError("AccountSid")
    return account


def customer_wrote(
    form: Form, *, businesses: Collection[str], received_at: datetime, trace: str
) -> CustomerWrote:
    """Read a customer's message. Raises `MalformedError`, `ForeignError`.

    What identifies the message must be right; what merely comes with it (media, location, button)
    is left out when it makes no sense, and named in `form.ignored`: no message is lost for it.
    """
    message_sid = form.exact("MessageSid", MESSAGE_SID)
    customer = form.exact("From", ADDRESS)
    business = form.exact("To", ADDRESS)
    if business not in businesses:
        raise ForeignError("To")
    return CustomerWrote(
        id=inbound_id(message_sid),
        time=received_at,
        trace=trace,
        message_sid=message_sid,
        customer=customer,
        business=business,
        text=form.text("Body", TEXT_LIMIT) or form.text("ButtonText", _LABEL_LIMIT),
        received_at=received_at,
        profile_name=form.text("ProfileName", _LABEL_LIMIT),
        media=_media(form),
        location=_location(form),
        button=form.text("ButtonPayload", _LABEL_LIMIT) or form.text("ListId", _LABEL_LIMIT),
        in_reply_to=form.optional("OriginalRepliedMessageSid", MESSAGE_SID),
    )


def _media(form: Form) -> tuple[Media, ...]:
    """Return the files that came; WhatsApp sends one a message, Twilio's fields allow for more."""
    files: list[Media] = []
    for index in range(int(form.optional("NumMedia", _COUNT) or 0)):
        url = form.text(f"MediaUrl{index}", _URL_LIMIT)
        if not url:
            form.ignored.append("NumMedia")
            break
        content_type = form.text(f"MediaContentType{index}", _TYPE_LIMIT)
        files.append(Media(url=url, content_type=content_type))
    return tuple(files)


def _location(form: Form) -> Location | None:
    latitude, longitude = form.degrees("Latitude", 90), form.degrees("Longitude", 180)
    if latitude is None or longitude is None:
        return None
    return Location(
        latitude=latitude,
        longitude=longitude,
        label=form.text("Label", _LABEL_LIMIT),
        address=form.text("Address", _LABEL_LIMIT),
    )
