"""Events as AMQP messages.

Headers carry the names of CloudEvents 1.0. The message id is new for each attempt to publish: the
client library matches returns by it, and two alike would answer for each other. What the broker
adds when it expires or rejects a message (`x-death`) differs between versions, so attempts are
counted here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from aio_pika import DeliveryMode, Message
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from pamqp.common import FieldValue

from handoff_common.events import BaseEvent, event_type
from handoff_common.messaging.broker import DeadLetter, Delivery

_CARRIED = ("id", "source", "type", "subject", "time", "traceparent")
_ATTEMPT, _REASON, _DIED_AT = "attempt", "reason", "died_at"


def message_of(
    event: BaseEvent,
    *,
    source: str,
    reply_to: str = "",
    correlation: str = "",
    durable: bool = True,
) -> Message:
    wire_type = event_type(type(event))
    headers: dict[str, FieldValue] = {
        "id": str(event.id),
        "source": source,
        "type": wire_type,
        "subject": event.subject,
        "time": event.time.isoformat(),
    }
    if event.trace:
        headers["traceparent"] = event.trace
    return Message(
        event.model_dump_json().encode(),
        headers=headers,
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT if durable else DeliveryMode.NOT_PERSISTENT,
        message_id=uuid4().hex,
        type=wire_type,
        reply_to=reply_to or None,
        correlation_id=correlation or None,
    )


def delivery_of(message: DeliveredMessage, queue: str) -> Delivery:
    properties = message.header.properties
    return Delivery(
        tag=message.delivery_tag or 0,
        queue=queue,
        type=_text(properties.message_type),
        body=message.body,
        attempt=_attempt(properties),
        redelivered=bool(message.redelivered),
        reply_to=_text(properties.reply_to),
        correlation=_text(properties.correlation_id),
    )


def retried(message: DeliveredMessage) -> Message:
    """Return a copy that counts one attempt more."""
    return _copy(message, {_ATTEMPT: _attempt(message.header.properties) + 1})


def buried(message: DeliveredMessage, reason: str) -> Message:
    """Return a copy that says why it is dead."""
    return _copy(message, {_REASON: reason, _DIED_AT: datetime.now(UTC).isoformat()})


def replayed(message: DeliveredMessage) -> Message:
    """Return a copy as if it had never been tried."""
    return _copy(message, {})


def letter_of(message: DeliveredMessage, queue: str) -> DeadLetter:
    """Return a dead letter: one that we buried, or one that the broker did (its delivery limit)."""
    properties = message.header.properties
    headers = properties.headers or {}
    died_at, reason = headers.get(_DIED_AT), headers.get(_REASON)
    if reason is None:
        died_at, reason = None, headers.get("x-first-death-reason")
    return DeadLetter(
        id=letter_id(message),
        queue=queue,
        type=_text(properties.message_type),
        reason=_text(reason) or "unknown",
        died_at=_moment(died_at),
        body=message.body,
    )


def letter_id(message: DeliveredMessage) -> str:
    properties = message.header.properties
    return _text((properties.headers or {}).get("id")) or _text(properties.message_id)


def _copy(message: DeliveredMessage, marks: Mapping[str, FieldValue]) -> Message:
    properties = message.header.properties
    headers = properties.headers or {}
    carried = {name: headers[name] for name in _CARRIED if name in headers}
    return Message(
        message.body,
        headers={**carried, **marks},
        content_type=properties.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=uuid4().hex,
        type=properties.message_type,
        reply_to=properties.reply_to,
        correlation_id=properties.correlation_id,
    )


def _attempt(properties: Basic.Properties) -> int:
    value = (properties.headers or {}).get(_ATTEMPT)
    return value if isinstance(value, int) and value > 0 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError:
        return None
