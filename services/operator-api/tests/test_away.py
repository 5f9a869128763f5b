"""With a server away: wait, say so, and count nothing against anybody."""

from dataclasses import dataclass, field

import httpx2
from fastapi import FastAPI

from handoff_common.errors import AwayError
from handoff_operator_api.api import problems, session
from handoff_operator_api.api.deps import Cookie
from handoff_operator_api.api.edge import Edge
from handoff_operator_api.domain.operator import Session

from .world import CONSOLE, sign_in


class AwayAccounts:
    """A database that is away."""

    async def sign_in(self, email: str, password: str) -> tuple[str, Session] | None:
        raise AwayError(f"no answer about {len(email)} and {len(password)} characters")

    async def sign_out(self, token: str) -> None:
        raise AwayError(f"no answer about {len(token)} characters")


@dataclass
class FakeThrottle:
    counted: list[str] = field(default_factory=list[str])

    async def admit(self, email: str, host: str) -> int:
        self.counted.append(f"{email} {host}")
        return 0

    async def give_back(self, email: str, host: str) -> None:
        self.counted.remove(f"{email} {host}")


async def test_an_attempt_that_nobody_could_judge_is_not_counted() -> None:
    throttle = FakeThrottle()
    app = FastAPI()
    problems.install(app)
    app.include_router(session.router)
    app.state.cookie = Cookie(secure=True)
    app.state.accounts, app.state.throttle = AwayAccounts(), throttle
    transport = httpx2.ASGITransport(app=Edge(app, [CONSOLE]))

    async with httpx2.AsyncClient(transport=transport, base_url=CONSOLE) as browser:
        response = await sign_in(browser, "helena@shop.example")

    assert (response.status_code, response.json()["type"]) == (503, "urn:handoff:away")
    assert response.headers["retry-after"] == "1"
    assert throttle.counted == []
