"""Messages as Twilio's API shows them: counts as strings, dates as RFC 2822, addresses relative."""

from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import TypeAlias

from handoff_simulator.domain.account import API_VERSION
from handoff_simulator.domain.message import Message
from handoff_simulator.domain.problem import failure_text

Resource: TypeAlias = dict[str, str | int | dict[str, str] | None]


def messages_path(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages"


def resource_of(message: Message, account_sid: str) -> Resource:
    """Return the message resource (`api.v2010.account.message` in Twilio's OpenAPI document)."""
    path = f"{messages_path(account_sid)}/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _date(message.created_at),
        "date_sent": _date(message.sent_at),
        "date_updated": _date(message.updated_at or message.created_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None if message.error_code is None else failure_text(message.error_code),
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": str(len(message.media)),
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.recipient,
        "uri": f"{path}.json",
    }


def media_page(message: Message, account_sid: str) -> dict[str, str | int | list[Resource] | None]:
    """Return the files of a message: one page, for there are never more."""
    uri = f"{messages_path(account_sid)}/{message.sid}/Media.json"
    return {
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(len(message.media) - 1, 0),
        "uri": uri,
        "media_list": [
            media_resource(message, index, account_sid) for index in range(len(message.media))
        ],
    }


def media_resource(message: Message, index: int, account_sid: str) -> Resource:
    """Return one file's resource (`api.v2010.account.message.media`)."""
    sid, created = media_sid(message, index), _date(message.created_at)
    return {
        "account_sid": account_sid,
        "content_type": message.media[index].content_type,
        "date_created": created,
        "date_updated": created,
        "parent_sid": message.sid,
        "sid": sid,
        "uri": f"{messages_path(account_sid)}/{message.sid}/Media/{sid}.json",
    }


def media_sid(message: Message, index: int) -> str:
    """Return the SID of a file: the same one always, though the record does not keep it."""
    return f"ME{blake2b(f'{message.sid}/{index}'.encode(), digest_size=16).hexdigest()}"


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment.astimezone(UTC))
