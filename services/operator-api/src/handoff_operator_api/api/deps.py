"""What endpoints ask for. Each name reads as what it is, not as how it is made."""

from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends, Query, Request, Security
from fastapi.security import APIKeyCookie

from handoff_common.ids import OperatorId
from handoff_operator_api.api.problems import signed_out
from handoff_operator_api.domain.operator import Remaining, Session


class Sessions(Protocol):
    """Who is signed in."""

    async def session_of(self, token: str) -> Session | None: ...

    async def remaining(self, token: str) -> Remaining | None:
        """Return how long the session lasts, None if it is over; that is no sign of life."""
        ...


@dataclass(frozen=True, slots=True)
class Cookie:
    """The session cookie. Browsers take the `__Host-` name only Secure, from this very host."""

    secure: bool

    @property
    def name(self) -> str:
        return "__Host-handoff" if self.secure else "handoff"


def session_cookie(request: Request) -> Cookie:
    return cast("Cookie", request.app.state.cookie)


SessionCookie = Annotated[Cookie, Depends(session_cookie)]


def presented_token(request: Request, cookie: SessionCookie) -> str | None:
    return request.cookies.get(cookie.name)


PresentedToken = Annotated[str | None, Depends(presented_token)]


def the_sessions(request: Request) -> Sessions:
    return cast("Sessions", request.app.state.sessions)


async def current_session(
    sessions: Annotated[Sessions, Depends(the_sessions)],
    token: PresentedToken,
    _documented: Annotated[
        str | None,
        Security(
            APIKeyCookie(
                name="__Host-handoff",
                scheme_name="session",
                description="Called `handoff` where the public URL is not https.",
                auto_error=False,
            )
        ),
    ],
) -> Session:
    session = await sessions.session_of(token) if token else None
    if session is None:
        raise signed_out()
    return session


CurrentSession = Annotated[Session, Depends(current_session)]
SIGNED_IN = Depends(current_session)
"""For endpoints that need somebody signed in, and not who."""


def current_operator(session: CurrentSession) -> OperatorId:
    return OperatorId(session.operator.id)


def trace(request: Request) -> str:
    return cast("str", request.state.trace)


CurrentOperator = Annotated[OperatorId, Depends(current_operator)]
Trace = Annotated[str, Depends(trace)]
Limit = Annotated[int, Query(ge=1, le=100)]
