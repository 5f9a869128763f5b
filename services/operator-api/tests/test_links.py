"""Where the rest of the product is, for those whom it concerns."""

from pathlib import Path

import pytest

from handoff_operator_api.domain.operator import Role

from .world import World, sign_in, world


@pytest.mark.parametrize(
    ("role", "told"),
    [("admin", "/simulator/"), ("supervisor", None), ("operator", None)],
)
async def test_the_simulator_is_for_those_who_may_open_it(
    schema: Path, tmp_path: Path, role: Role, told: str | None
) -> None:
    async with world(schema, tmp_path / "handoff.db", simulator="/simulator/") as house:
        await house.operator("Ana", role=role)
        browser = house.browser()
        await sign_in(browser, "Ana@shop.example")
        answer = await browser.get("/api/links")
    assert (answer.status_code, answer.json()) == (200, {"simulator": told})


async def test_without_a_simulator_there_is_no_link_and_without_a_session_nothing(
    house: World,
) -> None:
    await house.operator("Ana", role="admin")
    browser = house.browser()
    assert (await browser.get("/api/links")).status_code == 401
    await sign_in(browser, "Ana@shop.example")
    assert (await browser.get("/api/links")).json() == {"simulator": None}
