"""Twilio's surface: create, fetch and list messages. Source: Twilio's OpenAPI document."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeAlias
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from handoff_common.clock import Clock
from handoff_simulator.api import connection
from handoff_simulator.api.doors import credentials
from handoff_simulator.domain import problem, steps
from handoff_simulator.domain.account import API_VERSION, Account
from handoff_simulator.domain.chronicle import Chronicle
from handoff_simulator.domain.creation import Draft, drafted
from handoff_simulator.domain.faults import CreateFault, Switches
from handoff_simulator.domain.listing import Wanted, page_of, wanted
from handoff_simulator.domain.message import Message
from handoff_simulator.domain.problem import Problem
from handoff_simulator.domain.resource import media_page, media_resource, media_sid, resource_of
from handoff_simulator.domain.tally import Tally

Endpoint: TypeAlias = Callable[[Request], Coroutine[object, object, Response]]


_BEFORE: Mapping[CreateFault, Problem] = {
    "reject_401": problem.NOT_ALLOWED,
    "reject_429": problem.TOO_MANY,
    "error_500_before": problem.BROKEN,
    "cut_before": problem.BROKEN,
}
"""Faults that keep a message from being accepted."""


class Record(Protocol):
    async def accept(self, message: Message) -> tuple[Message, bool]: ...
    async def by_sid(self, sid: str) -> Message | None: ...
    async def page(self, asked: Wanted) -> tuple[Sequence[Message], bool]: ...


class Carrier(Protocol):
    def carry(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True)
class Messages:
    """The endpoints, and what they need."""

    account: Account
    record: Record
    carrier: Carrier
    switches: Switches
    tally: Tally
    clock: Clock
    chronicle: Chronicle

    def routes(self) -> list[Route]:
        base = f"/{API_VERSION}/Accounts/{{account}}/Messages"
        return [
            Route(f"{base}.json", self._guarded(self.create), methods=["POST"]),
            Route(f"{base}.json", self._guarded(self.page), methods=["GET"]),
            Route(f"{base}/{{sid}}.json", self._guarded(self.fetch), methods=["GET"]),
            Route(f"{base}/{{sid}}/Media.json", self._guarded(self.media), methods=["GET"]),
            Route(f"{base}/{{sid}}/Media/{{file}}", self._guarded(self.file), methods=["GET"]),
            Route(f"{base}.json", self._guarded(_refuse_method), methods=["PUT", "DELETE"]),
            Route(
                f"{base}/{{sid}}.json",
                self._guarded(_refuse_method),
                methods=["POST", "PUT", "DELETE"],
            ),
            Route(f"/{API_VERSION}/{{rest:path}}", self._guarded(_find_nothing)),
        ]

    async def create(self, request: Request) -> Response:
        """Accept a message: it is on the disk before anything is answered, or cut off."""
        began = monotonic()
        self.tally.count("received")
        form = parse_qs((await request.body()).decode(errors="replace"), keep_blank_values=True)
        fault = self.switches.on_create(form.get("Body", [""])[0])
        recipient = form.get("To", [""])[0]
        if fault is not None and fault in _BEFORE:
            self.chronicle.note(steps.refused(recipient, _BEFORE[fault], fault))
            return await self._failing(request, fault)
        draft = drafted(form, self.account)
        if isinstance(draft, Problem):
            self.tally.count("refused")
            self.chronicle.note(steps.refused(recipient, draft))
            return refusal(draft)
        await asyncio.sleep(self.switches.between(self.switches.faults.accept_delay_ms))
        message, _ = await self.record.accept(self._message(draft, fault))
        self.tally.count("accepted")
        self.chronicle.note(steps.created(message, round(1000 * (monotonic() - began))))
        self.chronicle.changed(message)
        self.carrier.carry(message)
        await asyncio.sleep(self.switches.between(self.switches.faults.delay_ms))
        if fault is not None and fault != "hang_after":
            self.chronicle.note(steps.unanswered(message))
            return await self._failing(request, fault)
        if fault is None or await self._hung(request):
            self.tally.count("answered")
        return JSONResponse(resource_of(message, self.account.sid), status_code=201)

    async def fetch(self, request: Request) -> Response:
        message = await self.record.by_sid(request.path_params["sid"])
        if message is None:
            return await _find_nothing(request)
        return JSONResponse(resource_of(message, self.account.sid))

    async def page(self, request: Request) -> Response:
        asked = wanted(request.query_params)
        if isinstance(asked, Problem):
            return refusal(asked)
        found, more = await self.record.page(asked)
        return JSONResponse(page_of(found, asked, self.account.sid, more=more))

    async def media(self, request: Request) -> Response:
        """List the files of a message."""
        message = await self.record.by_sid(request.path_params["sid"])
        if message is None:
            return await _find_nothing(request)
        if self.switches.strikes("media_unlisted", message.body):
            return refusal(problem.BROKEN)
        return JSONResponse(media_page(message, self.account.sid))

    async def file(self, request: Request) -> Response:
        """Show a file's resource (`….json`), or send on to where its bytes are."""
        message = await self.record.by_sid(request.path_params["sid"])
        if message is None:
            return await _find_nothing(request)
        name = request.path_params["file"]
        for index, media in enumerate(message.media):
            sid = media_sid(message, index)
            if name == sid:
                return RedirectResponse(media.url)
            if name == f"{sid}.json":
                return JSONResponse(media_resource(message, index, self.account.sid))
        return await _find_nothing(request)

    def _message(self, draft: Draft, fault: CreateFault | None) -> Message:
        return Message(
            sid=f"{'MM' if draft.media else 'SM'}{uuid4().hex}",
            direction="outbound-api",
            sender=draft.sender,
            recipient=draft.recipient,
            body=draft.body,
            status="queued",
            created_at=self.clock.machine_now(),
            ahead=self.clock.ahead,
            media=draft.media,
            callback=draft.callback,
            fault=fault or "",
        )

    async def _failing(self, request: Request, fault: CreateFault) -> Response:
        self.tally.count_fault(fault)
        if fault == "reject_401":
            return refusal(problem.NOT_ALLOWED)
        if fault == "reject_429":
            return JSONResponse(
                problem.TOO_MANY.body, status_code=429, headers={"Retry-After": "1"}
            )
        if fault in {"cut_before", "cut_after"}:
            return await connection.cut(request)
        return refusal(problem.BROKEN)

    async def _hung(self, request: Request) -> bool:
        self.tally.count_fault("hang_after")
        return await connection.outlasted(request, self.switches.faults.hang_after_ms / 1000)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """Let in who knows the account's secret or one of its keys, and only to this account."""

        async def guarded(request: Request) -> Response:
            user, secret = credentials(request.headers.get("authorization", ""))
            if not self.account.admits(user, secret):
                return refusal(problem.NOT_ALLOWED)
            if request.path_params.get("account", self.account.sid) != self.account.sid:
                return await _find_nothing(request)
            return await endpoint(request)

        return guarded


def refusal(why: Problem) -> Response:
    """Return an error answer in Twilio's shape."""
    return JSONResponse(why.body, status_code=why.status)


async def _find_nothing(request: Request) -> Response:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return refusal(problem.not_found(path))


async def _refuse_method(_: Request) -> Response:
    return refusal(problem.METHOD_REFUSED)
