"""What became of a message of ours, from a status callback.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status. Our ids are in the query
of the callback URL: `c` conversation, `m` message, `a` attempt. Twilio's signature covers them.
"""

import re
from datetime import datetime
from enum import Enum
from typing import cast, get_args
from uuid import UUID

from handoff_common.events import DeliveryReported, DeliveryStatus
from handoff_common.ids import report_id
from handoff_ingress.domain.customer import MESSAGE_SID
from handoff_ingress.domain.form import Form, MalformedError

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ATTEMPT = re.compile(r"[1-9][0-9]{0,5}")
_CODE = re.compile(r"[0-9]{1,6}")
_STATUSES = frozenset(get_args(DeliveryStatus))


class Aside(Enum):
    """A genuine report that changes nothing here; the value is what the log says."""

    FOREIGN = "report.foreign"
    """Of a message that we did not send: no ids of ours in the query."""
    UNKNOWN_STATUS = "report.unknown_status"


def delivery_reported(
    form: Form, query: Form, *, time: datetime, trace: str
) -> DeliveryReported | Aside:
    """Read a status callback. Raises `MalformedError`."""
    if not any(name in query for name in ("c", "m", "a")):
        return Aside.FOREIGN
    conversation_id = UUID(query.exact("c", _UUID))
    message_id = UUID(query.exact("m", _UUID))
    attempt = int(query.exact("a", _ATTEMPT))
    message_sid = form.exact("MessageSid", MESSAGE_SID)
    status = form.one("MessageStatus")
    if not status:
        raise MalformedError("MessageStatus")
    if status not in _STATUSES:
        return Aside.UNKNOWN_STATUS
    code = int(form.optional("ErrorCode", _CODE) or 0) or None
    return DeliveryReported(
        id=report_id(message_sid, status, code),
        time=time,
        trace=trace,
        conversation_id=conversation_id,
        message_id=message_id,
        attempt=attempt,
        message_sid=message_sid,
        status=cast("DeliveryStatus", status),
        code=code,
    )
