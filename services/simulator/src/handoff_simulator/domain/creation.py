"""What Twilio checks before it accepts a message: `POST …/Messages.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from handoff_simulator.domain import problem
from handoff_simulator.domain.account import Account, channel_address, is_phone
from handoff_simulator.domain.message import Media
from handoff_simulator.domain.problem import Problem

LONGEST_BODY = 1600
MOST_MEDIA = 10

Form = Mapping[str, Sequence[str]]
"""Every value of every field, in order."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A create request that Twilio would accept."""

    sender: str
    recipient: str
    body: str
    media: tuple[Media, ...]
    callback: str


def drafted(form: Form, account: Account) -> Draft | Problem:
    """Return what the request asks for, or the first thing that is wrong with it."""
    draft = Draft(
        sender=_first(form, "From"),
        recipient=_first(form, "To"),
        body=_first(form, "Body"),
        media=tuple(Media(url) for url in form.get("MediaUrl", ()) if url),
        callback=_first(form, "StatusCallback"),
    )
    return (
        _wrong_recipient(draft)
        or _wrong_sender(draft, form, account)
        or _wrong_content(draft, form)
        or draft
    )


def _wrong_recipient(draft: Draft) -> Problem | None:
    if not draft.recipient:
        return problem.NO_RECIPIENT
    if is_phone(draft.recipient):
        return problem.OTHER_CHANNEL
    if channel_address(draft.recipient) != draft.recipient:
        return problem.BAD_RECIPIENT
    return None


def _wrong_sender(draft: Draft, form: Form, account: Account) -> Problem | None:
    if _first(form, "MessagingServiceSid"):
        return problem.BAD_SERVICE  # this account has none
    if not draft.sender:
        return problem.NO_SENDER
    if draft.sender not in account.senders:
        return problem.UNKNOWN_SENDER
    if draft.sender == draft.recipient:
        return problem.SAME_ADDRESS
    return None


def _wrong_content(draft: Draft, form: Form) -> Problem | None:
    if _first(form, "ContentSid"):
        return problem.BAD_TEMPLATE  # this account has none
    if not draft.body and not draft.media:
        return problem.NO_BODY
    if len(draft.body) > LONGEST_BODY:
        return problem.TOO_LONG
    if draft.callback and not _is_web_address(draft.callback):
        return problem.BAD_CALLBACK
    return _wrong_media(draft)


def _wrong_media(draft: Draft) -> Problem | None:
    if len(draft.media) > MOST_MEDIA:
        return problem.TOO_MANY_MEDIA
    if not all(_is_web_address(media.url) for media in draft.media):
        return problem.BAD_MEDIA
    return None


def _first(form: Form, name: str) -> str:
    values = form.get(name)
    return values[0] if values else ""


def _is_web_address(text: str) -> bool:
    """Tell whether this is http(s) with a host; Twilio refuses underscores in the host."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in str(host)
