"""Wiring: what ingress is made of."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from handoff_common.clock import machine_now
from handoff_common.lifecycle import health_routes
from handoff_ingress.api.admission import Signatures
from handoff_ingress.api.twilio import Publisher, Webhooks


class ReachablePublisher(Publisher, Protocol):
    """The part of the broker port that ingress needs."""

    async def ping(self) -> None: ...


def routes(
    *,
    publisher: Publisher,
    public_base_url: str,
    auth_tokens: Sequence[str],
    account_sid: str,
    businesses: Collection[str],
    now: Callable[[], datetime] = machine_now,
) -> list[Route]:
    """Return the webhooks as routes for the root of an application.

    `public_base_url` is where Twilio finds that root; `businesses` are our addresses, as in
    `whatsapp:+55…`; `now` is the business's clock. Raises `ValueError` for settings under which a
    forged webhook would pass, or none would.
    """
    if not businesses:
        raise ValueError("no number is configured: every webhook would be refused")
    signatures = Signatures(public_base_url, auth_tokens)
    return Webhooks(publisher, signatures, account_sid, frozenset(businesses), now).routes()


@asynccontextmanager
async def service(
    *,
    broker: ReachablePublisher,
    public_base_url: str,
    auth_tokens: Sequence[str],
    account_sid: str,
    businesses: Collection[str],
) -> AsyncGenerator[ASGIApp]:
    """Run ingress; the broker stays the caller's to close. Raises `ValueError` like `routes`."""
    app = Starlette(
        routes=[
            *routes(
                publisher=broker,
                public_base_url=public_base_url,
                auth_tokens=auth_tokens,
                account_sid=account_sid,
                businesses=businesses,
            ),
            *health_routes({"broker": broker.ping}),
        ]
    )
    # A redirect would make Twilio ask again by GET, without the form.
    app.router.redirect_slashes = False
    yield app
