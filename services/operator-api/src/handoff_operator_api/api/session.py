"""Signing in and out."""

from typing import Annotated, Protocol, cast

import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from handoff_common.errors import AwayError
from handoff_operator_api.api.deps import CurrentSession, PresentedToken, SessionCookie
from handoff_operator_api.api.problems import ProblemError, named, problems
from handoff_operator_api.api.texts import STORABLE
from handoff_operator_api.domain.operator import ABSOLUTE, EMAIL_LIMIT, PASSWORD_LIMIT, Session

log = structlog.get_logger()
router = APIRouter(prefix="/api/session", tags=["session"])


class Accounts(Protocol):
    """Opens and ends sessions."""

    async def sign_in(self, email: str, password: str) -> tuple[str, Session] | None: ...
    async def sign_out(self, token: str) -> None: ...


class Throttle(Protocol):
    """Counts attempts to sign in."""

    async def admit(self, email: str, host: str) -> int:
        """Return 0, or how many seconds to wait."""
        ...

    async def give_back(self, email: str, host: str) -> None: ...


def _accounts(request: Request) -> Accounts:
    return cast("Accounts", request.app.state.accounts)


def _throttle(request: Request) -> Throttle:
    return cast("Throttle", request.app.state.throttle)


class Door:
    """The cookie that came, and the one that goes."""

    def __init__(self, cookie: SessionCookie, token: PresentedToken) -> None:
        self.cookie = cookie
        self.token = token

    def open(self, response: Response, token: str) -> None:
        response.set_cookie(
            self.cookie.name,
            token,
            max_age=int(ABSOLUTE.total_seconds()),
            path="/",
            secure=self.cookie.secure,
            httponly=True,
            samesite="lax",
        )

    def close(self, response: Response) -> None:
        response.delete_cookie(
            self.cookie.name, path="/", secure=self.cookie.secure, httponly=True, samesite="lax"
        )


class Credentials(BaseModel):
    """An e-mail address and a password."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    email: Annotated[str, Field(min_length=1, max_length=EMAIL_LIMIT), STORABLE]
    password: Annotated[str, Field(min_length=1, max_length=PASSWORD_LIMIT), STORABLE]


@router.post("", responses=problems(401, 403, 413, 422, 429, 503))
async def sign_in(
    request: Request,
    response: Response,
    credentials: Credentials,
    accounts: Annotated[Accounts, Depends(_accounts)],
    throttle: Annotated[Throttle, Depends(_throttle)],
    door: Annotated[Door, Depends()],
) -> Session:
    """Open a session: a cookie for 12 hours, or for 30 minutes without a request.

    Always a new one, and the one presented ends; the same answer for an unknown address as for a
    wrong password.
    """
    host = request.client.host if request.client else ""
    wait = await throttle.admit(credentials.email, host)
    if wait:
        log.warning("session.refused", reason="throttled")
        problem = named(429, "too-many-attempts", "Too many attempts", f"Wait {wait} seconds.")
        raise ProblemError(problem, {"Retry-After": str(wait)})
    try:
        opened = await accounts.sign_in(credentials.email, credentials.password)
    except AwayError:
        await throttle.give_back(credentials.email, host)
        raise
    if opened is None:
        log.warning("session.refused", reason="wrong-credentials")
        problem = named(401, "wrong-credentials", "The e-mail address or the password is wrong")
        raise ProblemError(problem, {"WWW-Authenticate": "APIKey"})
    await throttle.give_back(credentials.email, host)
    token, session = opened
    if door.token:
        await accounts.sign_out(door.token)
    door.open(response, token)
    log.info("session.opened", operator=str(session.operator.id))
    return session


@router.get("", responses=problems(401, 503))
async def read_session(session: CurrentSession) -> Session:
    """Say who is signed in."""
    return session


@router.delete("", status_code=204, responses=problems(401, 403, 503))
async def sign_out(
    session: CurrentSession,
    response: Response,
    accounts: Annotated[Accounts, Depends(_accounts)],
    door: Annotated[Door, Depends()],
) -> None:
    """End the session, here and in the database."""
    await accounts.sign_out(door.token or "")
    door.close(response)
    log.info("session.closed", operator=str(session.operator.id))
