"""Errors as problem details (RFC 9457), all of one shape and none with anything of the input."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from handoff_common.errors import AwayError
from handoff_common.events import Refusal
from handoff_operator_api.domain.inbox import Owner

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 1
# Not `http.HTTPStatus`: its phrases change with Python, and the OpenAPI document must not.
_TITLES: Mapping[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Fault(BaseModel):
    """What is wrong with one field."""

    field: str
    """Where, as in `body.text`."""
    code: str
    """Pydantic's name of the rule that it breaks, as in `string_too_long`."""


class Problem(BaseModel):
    """Why a request was not done."""

    type: str = "about:blank"
    """`urn:handoff:…` names the problem; `about:blank` says no more than the status."""
    title: str
    status: int
    detail: str | None = None
    faults: list[Fault] | None = None
    """Of 422 `invalid`."""
    command_id: UUID | None = None
    """Of 409 `refused`: where the text of a refused reply is kept, at `GET /api/commands/{id}`."""
    reason: Refusal | None = None
    """Of 409 `refused`: why the router refused the command."""
    owner: Owner | None = None
    """Of 409 `refused`: who has the conversation."""
    epoch: int | None = None
    """Of 409 `refused`: the conversation's epoch now."""


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.type)
        self.problem = problem
        self.headers = headers


def bare(status: int) -> Problem:
    """Return a problem that says no more than its status."""
    return Problem(title=_TITLES.get(status, "Error"), status=status)


def named(status: int, name: str, title: str, detail: str | None = None) -> Problem:
    return Problem(type=f"urn:handoff:{name}", title=title, status=status, detail=detail)


def signed_out() -> ProblemError:
    problem = named(401, "signed-out", "Sign in first")
    return ProblemError(problem, {"WWW-Authenticate": "APIKey"})


def unknown(what: str) -> ProblemError:
    return ProblemError(named(404, f"unknown-{what}", f"There is no such {what}"))


def away() -> Problem:
    return named(
        503, "away", "A server that is needed is away", "Repeat with the same Idempotency-Key."
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as a response."""
    said = {
        name: fact for name, fact in problem.model_dump(mode="json").items() if fact is not None
    }
    return JSONResponse(
        said,
        status_code=problem.status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""

    async def known(_: Request, error: Exception) -> Response:
        failed = cast("ProblemError", error)
        return respond(failed.problem, failed.headers)

    async def plain(_: Request, error: Exception) -> Response:
        failed = cast("HTTPException", error)
        return respond(bare(failed.status_code), failed.headers)

    async def invalid(_: Request, error: Exception) -> Response:
        faults = _faults(cast("RequestValidationError", error).errors())
        problem = named(422, "invalid", "The request breaks a rule")
        return respond(problem.model_copy(update={"faults": faults}))

    async def server_away(_: Request, error: Exception) -> Response:
        log.warning("server.away", reason=str(error))
        return respond(away(), {"Retry-After": str(_RETRY_SECONDS)})

    async def bug(_: Request, __: Exception) -> Response:
        return respond(bare(500))

    app.add_exception_handler(ProblemError, known)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(AwayError, server_away)
    app.add_exception_handler(Exception, bug)


def _faults(errors: Sequence[Any]) -> list[Fault]:
    faults: list[Fault] = []
    for error in errors:
        path, code = [str(part) for part in error["loc"]], str(error["type"])
        if code == "extra_forbidden":
            path = path[:-1]  # the field's name is the caller's: do not echo it
        faults.append(Fault(field=".".join(path), code=code))
    return faults


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems that a route may answer with, for its OpenAPI description."""
    return {status: {"model": Problem, "description": _TITLES[status]} for status in statuses}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, problems under their own media type."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    # A route that answers with another media type claims it for its errors too.
                    [schema] = response["content"].values()
                    response["content"] = {MEDIA_TYPE: schema}
    return document
