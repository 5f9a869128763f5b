"""Whoever guesses passwords has to wait."""

import asyncio

from .world import World, sign_in


async def test_the_sixth_attempt_has_to_wait_even_with_the_right_password(house: World) -> None:
    await house.operator()
    browser = house.browser()
    for _ in range(5):
        assert (await sign_in(browser, "helena@shop.example", "wrong")).status_code == 401

    response = await sign_in(browser, "Helena@Shop.example")

    assert response.status_code == 429
    assert response.json()["type"] == "urn:handoff:too-many-attempts"
    assert 0 < int(response.headers["retry-after"]) <= 900
    assert (await sign_in(browser, "rui@shop.example")).status_code == 401


async def test_guesses_sent_at_once_are_all_counted(house: World) -> None:
    await house.operator()

    answers = await asyncio.gather(
        *(sign_in(house.browser(), "helena@shop.example", f"guess {n}") for n in range(12))
    )

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_right_passwords_are_not_counted(house: World) -> None:
    await house.operator()

    for _ in range(12):
        assert (await sign_in(house.browser(), "helena@shop.example")).status_code == 200


async def test_one_network_can_not_try_many_accounts(house: World) -> None:
    for number in range(20):
        await sign_in(house.browser(), f"nobody{number}@shop.example")

    assert (await sign_in(house.browser(), "other@shop.example")).status_code == 429
    elsewhere = house.browser(host="198.51.100.9")
    assert (await sign_in(elsewhere, "other@shop.example")).status_code == 401
