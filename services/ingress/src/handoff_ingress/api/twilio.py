"""Twilio's two webhooks: a customer wrote, a message of ours got further.

What is answered 2xx is confirmed by the broker. Anything else is on record at Twilio (Debugger,
message list): it calls the fallback URL or tries again, and reconciliation finds the message there.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.status import HTTP_403_FORBIDDEN

from handoff_common.clock import machine_now
from handoff_common.errors import AwayError, UnroutableError
from handoff_common.events import BaseEvent, ConversationEvent
from handoff_common.telemetry import child
from handoff_ingress.api.admission import RefusedError, Signatures, admitted, query_of
from handoff_ingress.domain.customer import account_of, customer_wrote
from handoff_ingress.domain.delivery import Aside, delivery_reported
from handoff_ingress.domain.form import ForeignError, Form, MalformedError

MESSAGE_PATHS = ("/api/twilio/webhook", "/whatsapp", "/webhook")
STATUS_PATH = "/api/twilio/status"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'

log = structlog.get_logger()
Endpoint = Callable[[Request], Awaitable[Response]]


class Publisher(Protocol):
    """Durable publishing: returns once confirmed; raises `AwayError`, `UnroutableError`."""

    async def publish(self, events: Sequence[BaseEvent]) -> None: ...


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Twilio's webhooks of one account, for some of its numbers."""

    publisher: Publisher
    signatures: Signatures
    account_sid: str
    businesses: Collection[str]
    now: Callable[[], datetime] = machine_now

    def routes(self) -> list[Route]:
        message, status = _answered(self.message), _answered(self.status)
        return [
            *(Route(path, message, methods=["POST"]) for path in MESSAGE_PATHS),
            Route(STATUS_PATH, status, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """Take in a customer's message."""
        form = Form(await admitted(request, self.signatures))
        account_of(form, self.account_sid)
        event = customer_wrote(
            form,
            businesses=self.businesses,
            received_at=self.now(),
            trace=child(request.headers.get("traceparent", "")),
        )
        await self._publish(event, form)
        return Response(EMPTY_TWIML, media_type="text/xml")

    async def status(self, request: Request) -> Response:
        """Take in a delivery report. 204 also for what is not ours: an error would repeat it."""
        form = Form(await admitted(request, self.signatures))
        account_of(form, self.account_sid)
        trace = child(request.headers.get("traceparent", ""))
        report = delivery_reported(form, Form(query_of(request)), time=self.now(), trace=trace)
        if isinstance(report, Aside):
            log.warning(report.value, trace=trace)
        else:
            await self._publish(report, form)
        return Response(status_code=204)

    async def _publish(self, event: BaseEvent, form: Form) -> None:
        await self.publisher.publish([event])
        # The subject of a first message is an address pair, which names a person.
        about = event.subject if isinstance(event, ConversationEvent) else ""
        log.info("event.published", event_id=str(event.id), subject_id=about, trace=event.trace)
        if form.ignored:
            log.warning("fields.ignored", event_id=str(event.id), fields=form.ignored)


def _answered(endpoint: Endpoint) -> Endpoint:
    """Turn every way of not getting in into its status code, with nothing of the form in it.

    403 also for a number that is not configured here, although the request is genuine: 200 would
    lose the message. So Twilio shows the error to whoever runs the account and keeps the message in
    its list, where reconciliation finds it once the number is configured.
    """

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RefusedError as refused:
            status, reason, field = refused.status, refused.reason, ""
        except MalformedError as malformed:
            status, reason, field = 400, "malformed", malformed.field
        except ForeignError as foreign:
            status, reason, field = 403, "foreign", foreign.field
        except (AwayError, UnroutableError) as error:
            log.error("webhook.deferred", path=request.url.path, reason=type(error).__name__)
            return Response("try again later", 503, media_type="text/plain")
        log.warning("webhook.refused", path=request.url.path, reason=reason, field=field)
        detail = "" if status == HTTP_403_FORBIDDEN else f"{reason} {field}".strip()
        return Response(detail, status, media_type="text/plain")

    return answer
