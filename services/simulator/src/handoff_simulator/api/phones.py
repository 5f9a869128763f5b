"""The customers' phones: they write, and they keep what they got."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, Field

from handoff_common.clock import Clock
from handoff_simulator.api.views import After, Entries, Limit, entries_of
from handoff_simulator.domain import steps
from handoff_simulator.domain.account import Account, channel_address
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.creation import LONGEST_BODY, MOST_MEDIA
from handoff_simulator.domain.message import Media, Message, Phone
from handoff_simulator.domain.policy import Outcome
from handoff_simulator.domain.trace import phone_of


class Record(Protocol):
    async def accept(self, message: Message) -> tuple[Message, bool]: ...
    async def of_phone(self, address: str, after: int, limit: int) -> Sequence[Message]: ...
    async def phones(self) -> Sequence[Phone]: ...


class Courier(Protocol):
    def deliver(self, message: Message) -> asyncio.Task[Outcome]: ...


class Writing(BaseModel):
    """What a customer writes."""

    text: Annotated[str, Field(max_length=LONGEST_BODY)] = ""
    to: str = Field(default="", description="Our sender; the first one when left out.")
    sid: Annotated[str, Field(pattern="^((SM|MM)[0-9a-fA-F]{32})?$")] = Field(
        default="", description="One that is there already: its webhook goes out once more."
    )
    profile_name: str = ""
    media: Annotated[tuple[Media, ...], Field(max_length=MOST_MEDIA)] = ()
    extra: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="More fields of the webhook, or others instead: ButtonPayload, Latitude, …",
    )


class Written(BaseModel):
    """The message is in Twilio's list; with `wait`, how its webhook ended."""

    sid: str
    delivered: bool | None = None
    attempts: int | None = None
    status: int | None = Field(default=None, description="Of the last answer; null for none.")


class PhoneEntry(BaseModel):
    """A phone and its counts."""

    number: str
    wrote: int
    received: int


@dataclass(frozen=True, slots=True)
class Phones:
    """The endpoints of `/phones`; `number` is `+5511…`, or `BR.…` for an identity without one."""

    account: Account
    record: Record
    courier: Courier
    clock: Clock
    chronicle: Chronicle

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/phones", tags=["phones"])
        router.add_api_route("", self.everyone, methods=["GET"])
        router.add_api_route("/{number}/messages", self.read, methods=["GET"])
        router.add_api_route("/{number}/messages", self.write, methods=["POST"], status_code=202)
        return router

    async def everyone(self) -> Sequence[PhoneEntry]:
        """Return every phone that wrote or received."""
        return [
            PhoneEntry(
                number=phone_of(phone.address),
                wrote=phone.wrote,
                received=phone.received,
            )
            for phone in await self.record.phones()
        ]

    async def read(self, number: str, after: After = 0, limit: Limit = 1000) -> Entries:
        """Return what this phone wrote and received, in the order in which Twilio accepted it."""
        found = await self.record.of_phone(_address(number), after, limit)
        return entries_of(found, limit)

    async def write(
        self, number: str, writing: Writing, response: Response, *, wait: bool = False
    ) -> Written:
        """Write: stored, then the signed webhook. 202 at once; with `wait`, 200 when it ended."""
        business = channel_address(writing.to) if writing.to else self.account.senders[0]
        if business not in self.account.senders:
            raise HTTPException(422, "`to` is not a sender of this account")
        draft = _message(_address(number), business, writing, self.clock)
        message, is_new = await self.record.accept(draft)
        if message.direction != "inbound":
            raise HTTPException(409, "this SID is one of our own messages")
        self.chronicle.note(steps.wrote(message))
        if is_new:
            self.chronicle.changed(message)
        delivery = self.courier.deliver(message)
        if not wait:
            return Written(sid=message.sid)
        await asyncio.wait({delivery})
        if delivery.cancelled():
            raise HTTPException(503, "stopped or reset before the webhook had ended")
        outcome = delivery.result()
        response.status_code = 200
        return Written(
            sid=message.sid,
            delivered=outcome.delivered,
            attempts=outcome.attempts,
            status=outcome.status,
        )


def _address(number: str) -> str:
    address = channel_address(number)
    if address is None:
        raise HTTPException(422, "neither a number like +5511999990001 nor an id like BR.1a2b")
    return address


def _message(customer: str, business: str, writing: Writing, clock: Clock) -> Message:
    now = clock.machine_now()
    kind = "MM" if writing.media else "SM"
    return Message(
        sid=writing.sid or f"{kind}{uuid4().hex}",
        direction="inbound",
        sender=customer,
        recipient=business,
        body=writing.text,
        status="received",
        created_at=now,
        sent_at=now,
        ahead=clock.ahead,
        media=writing.media,
        extra={"ProfileName": writing.profile_name, **writing.extra},
    )
