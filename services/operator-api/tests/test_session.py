"""Who gets in, for how long, and what everybody else is told."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from handoff_common.clock import Clock
from handoff_common.database import table_of
from handoff_common.tables import OperatorRow, SessionRow
from handoff_operator_api.adapters.passwords import PasswordCost, Passwords
from handoff_operator_api.app import EmailTakenError, Visitors, create_operator

from .world import CONSOLE, NOON, PASSWORD, World, sign_in, world

SESSIONS = table_of(SessionRow)


async def _age(house: World, column: str, age: timedelta) -> None:
    async with house.database.write() as connection:
        await connection.execute(update(SESSIONS).values({column: datetime.now(UTC) - age}))


async def _sessions(house: World) -> int:
    async with house.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(SESSIONS)) or 0


async def test_a_right_password_opens_a_session(house: World) -> None:
    operator = await house.operator("Helena", role="supervisor")
    browser = house.browser()

    response = await sign_in(browser, " HELENA@shop.example ")

    assert response.status_code == 200
    assert response.json()["operator"] == {
        "id": str(operator),
        "email": "helena@shop.example",
        "name": "Helena",
        "role": "supervisor",
    }
    again = await browser.get("/api/session")
    assert again.json() == response.json()


async def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(house: World) -> None:
    await house.operator()

    response = await sign_in(house.browser(), "helena@shop.example")

    name, *rest = response.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-handoff=")
    assert {part.lower() for part in rest} == {
        "secure", "httponly", "samesite=lax", "path=/", "max-age=43200",
    }  # fmt: skip


async def test_without_https_the_cookie_has_the_name_that_browsers_take(
    schema: Path, tmp_path: Path
) -> None:
    async with world(schema, tmp_path / "h.db", origins=["http://localhost:8000"]) as house:
        await house.operator()
        browser = house.browser()
        response = await browser.post(
            "/api/session",
            json={"email": "helena@shop.example", "password": PASSWORD},
            headers={"Origin": "http://localhost:8000"},
        )

    assert response.headers["set-cookie"].startswith("handoff=")
    assert "secure" not in response.headers["set-cookie"].lower()


async def test_only_a_hash_of_the_token_is_kept(house: World) -> None:
    _, browser = await house.signed_in()
    (token,) = browser.cookies.values()

    async with house.database.read() as connection:
        kept = await connection.scalar(select(SESSIONS.c.token_hash))

    assert len(token) >= 43  # 256 bits
    assert kept is not None
    assert token not in kept
    assert house.browser().cookies.get("__Host-handoff") is None
    stolen = await house.browser().get("/api/session", headers={"Cookie": f"__Host-handoff={kept}"})
    assert stolen.status_code == 401


async def test_unknown_addresses_and_wrong_passwords_get_the_same_answer(house: World) -> None:
    await house.operator()

    wrong = await sign_in(house.browser(), "helena@shop.example", "wrong password")
    unknown = await sign_in(house.browser(), "nobody@shop.example")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["type"] == "urn:handoff:wrong-credentials"
    assert "set-cookie" not in wrong.headers


async def test_the_stored_hash_is_no_password(house: World) -> None:
    await house.operator()
    async with house.database.read() as connection:
        stored = str(await connection.scalar(select(table_of(OperatorRow).c.password_hash)))

    assert (await sign_in(house.browser(), "helena@shop.example", stored)).status_code == 401


async def test_a_disabled_operator_is_out_at_once_and_stays_out(house: World) -> None:
    _, browser = await house.signed_in()
    async with house.database.write() as connection:
        await connection.execute(update(table_of(OperatorRow)).values(disabled_at=NOON))

    assert (await browser.get("/api/session")).status_code == 401
    assert (await sign_in(browser, "helena@shop.example")).status_code == 401


async def test_signing_out_ends_the_session_everywhere(house: World) -> None:
    _, browser = await house.signed_in()
    stolen = dict(browser.cookies)

    response = await browser.delete("/api/session")

    assert response.status_code == 204
    assert not browser.cookies
    copy = house.browser()
    copy.cookies.update(stolen)
    assert (await copy.get("/api/session")).status_code == 401


async def test_signing_in_again_ends_the_session_before(house: World) -> None:
    _, browser = await house.signed_in()
    before = dict(browser.cookies)

    await sign_in(browser, "helena@shop.example")

    assert dict(browser.cookies) != before
    assert await _sessions(house) == 1


@pytest.mark.parametrize(
    ("column", "age", "status"),
    [
        ("seen_at", timedelta(minutes=29), 200),
        ("seen_at", timedelta(minutes=30), 401),
        ("created_at", timedelta(hours=11, minutes=59), 200),
        ("created_at", timedelta(hours=12), 401),
    ],
)
async def test_sessions_end_when_idle_and_when_old(
    house: World, column: str, age: timedelta, status: int
) -> None:
    _, browser = await house.signed_in()

    await _age(house, column, age)

    assert (await browser.get("/api/session")).status_code == status


async def test_a_request_keeps_the_session_alive(house: World) -> None:
    _, browser = await house.signed_in()
    await _age(house, "seen_at", timedelta(minutes=20))

    await browser.get("/api/session")

    async with house.database.read() as connection:
        seen_at = await connection.scalar(select(SESSIONS.c.seen_at))
    assert seen_at is not None
    assert datetime.now(UTC) - seen_at < timedelta(minutes=1)


async def test_who_moves_the_business_forward_stays_signed_in(schema: Path, tmp_path: Path) -> None:
    clock = Clock()
    async with world(schema, tmp_path / "handoff.db", clock=clock) as house:
        _, browser = await house.signed_in("Helena")

        clock.move_to(timedelta(days=7))
        await house.signed_in("Rui")

        assert (await browser.get("/api/session")).status_code == 200


async def test_another_application_of_the_house_can_ask_who_somebody_is(house: World) -> None:
    visitors = Visitors(house.database, [CONSOLE])
    _, browser = await house.signed_in()
    await house.operator("Root", role="admin")
    admin = house.browser()
    await sign_in(admin, "root@shop.example")

    assert await visitors.role(dict(browser.cookies)) == "operator"
    assert await visitors.role(dict(admin.cookies)) == "admin"
    assert await visitors.role({}) is None
    assert await visitors.lives(dict(browser.cookies))
    await browser.delete("/api/session")
    assert not await visitors.lives(dict(admin.cookies) | {"__Host-handoff": "guess"})
    assert not await visitors.lives({})


async def test_ended_sessions_are_swept_out_at_the_next_sign_in(house: World) -> None:
    await house.signed_in("Helena")
    await _age(house, "seen_at", timedelta(hours=1))

    await house.signed_in("Rui")

    assert await _sessions(house) == 1


async def test_the_command_line_creates_an_operator_once(house: World) -> None:
    async def create() -> None:
        await create_operator(
            house.database,
            email="Ana@Shop.example",
            name="Ana",
            role="admin",
            password=PASSWORD,
            now=NOON,
        )

    await create()
    with pytest.raises(EmailTakenError):
        await create()

    assert (await sign_in(house.browser(), "ana@shop.example")).status_code == 200


async def test_a_costlier_hash_is_replaced_at_sign_in(house: World) -> None:
    await create_operator(
        house.database, email="a@b", name="A", role="admin", password=PASSWORD, now=NOON
    )

    await sign_in(house.browser(), "a@b")

    async with house.database.read() as connection:
        stored = str(await connection.scalar(select(table_of(OperatorRow).c.password_hash)))
    assert "m=8,t=1,p=1" in stored
    assert (await sign_in(house.browser(), "a@b")).status_code == 200


async def test_an_unknown_address_costs_the_work_of_a_wrong_password() -> None:
    passwords = Passwords(PasswordCost())
    stored = await passwords.hash(PASSWORD)
    await passwords.warm_up()

    async def least(against: str | None) -> float:
        times: list[float] = []
        for _ in range(5):
            start = time.perf_counter()
            right, _renewed = await passwords.check("wrong password", against)
            times.append(time.perf_counter() - start)
            assert not right
        return min(times)

    assert await least(None) > 0.5 * await least(stored)


async def test_accents_are_the_same_from_every_keyboard(house: World) -> None:
    await house.operators.create(
        email="j@b", name="J", role="operator", password="ação12345", now=NOON
    )
    decomposed = "ac\u0327a\u0303o12345"

    assert (await sign_in(house.browser(), "j@b", decomposed)).status_code == 200
