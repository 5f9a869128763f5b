"""Twilio's side of the trace: what the phone, the webhooks and the API did."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import JsonValue

from handoff_simulator.domain.message import Message, Status
from handoff_simulator.domain.policy import Outcome, policy_of
from handoff_simulator.domain.problem import Problem
from handoff_simulator.domain.trace import Lane, Step, phone_of


def wrote(message: Message) -> Step:
    """Tell that the customer pressed send."""
    media: list[JsonValue] = [
        {"url": each.url, "content_type": each.content_type} for each in message.media
    ]
    detail: dict[str, JsonValue] = {
        "to": message.recipient,
        "text": message.body,
        "media": media,
        "extra": dict(message.extra),
    }
    return _step(message, "customer", "phone.wrote", detail)


def calling(message: Message, url: str) -> Step:
    return _step(message, "ingress", "webhook.sent", {"url": policy_of(url)[0]})


def called(message: Message, outcome: Outcome, took_ms: int) -> Step:
    name = "webhook.answered" if outcome.delivered else "webhook.failed"
    detail = {"status": outcome.status, "attempts": outcome.attempts}
    return _step(message, "ingress", name, detail, took_ms)


def not_called(message: Message) -> Step:
    """Tell that a fault swallowed the webhook."""
    return _step(message, "ingress", "webhook.dropped")


def created(message: Message, took_ms: int) -> Step:
    """Tell that Twilio accepted one of our messages, whatever it will answer."""
    detail: dict[str, JsonValue] = {"text": message.body, "fault": message.fault}
    return _step(message, "outbound", "create.accepted", detail, took_ms)


def unanswered(message: Message) -> Step:
    """Tell that a fault spoils the answer to a message that Twilio accepted."""
    name = "create.cut" if message.fault == "cut_after" else "create.failed"
    return _step(message, "outbound", name, {"accepted": True, "fault": message.fault})


def refused(recipient: str, problem: Problem, fault: str = "") -> Step:
    """Tell that Twilio refused one of our messages, or a fault kept it from accepting it."""
    detail: dict[str, JsonValue] = {"accepted": False, "fault": fault}
    if fault == "cut_before":
        name = "create.cut"
    else:
        name = "create.refused"
        detail |= {"status": problem.status, "code": problem.code, "message": problem.message}
    return Step(lane="outbound", name=name, phone=phone_of(recipient), detail=detail)


def advanced(message: Message, status: Status, code: int | None) -> Step:
    """Tell that WhatsApp got one of our messages further, or gave it up."""
    return _step(message, "receipt", "status.changed", {"status": status, "code": code})


def reported(message: Message, status: Status, outcome: Outcome, took_ms: int) -> Step:
    """Tell how a status callback ended."""
    name = "callback.answered" if outcome.delivered else "callback.failed"
    detail: dict[str, JsonValue] = {"status": status, "answer": outcome.status}
    return _step(message, "receipt", name, detail, took_ms)


def not_reported(message: Message, status: Status) -> Step:
    """Tell that a fault swallowed a callback."""
    return _step(message, "receipt", "callback.dropped", {"status": status})


def moved(by: timedelta) -> Step:
    """Tell that somebody moved the clock forward."""
    detail: dict[str, JsonValue] = {"forward_seconds": by // timedelta(seconds=1)}
    return Step(lane="customer", name="clock.moved", everywhere=True, detail=detail)


def missed(count: int) -> Step:
    """Tell that some of the product's events went by unseen."""
    return Step(lane="router", name="trace.missed", everywhere=True, detail={"count": count})


def _step(
    message: Message,
    lane: Lane,
    name: str,
    detail: Mapping[str, JsonValue] | None = None,
    took_ms: int | None = None,
) -> Step:
    mid, attempt = message.ours
    numbered: dict[str, JsonValue] = {} if attempt is None else {"attempt": attempt}
    return Step(
        lane=lane,
        name=name,
        phone=phone_of(message.customer),
        took_ms=took_ms,
        sid=message.sid,
        message=mid,
        conversation=message.conversation,
        detail={**(detail or {}), **numbered},
    )
