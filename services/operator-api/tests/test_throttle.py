"""Counting attempts, in Redis and without it: the same numbers."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from handoff_operator_api.adapters.throttle import SignInThrottle, network_of

HOST, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Case:
    throttle: SignInThrottle
    clock: Clock
    server: FakeServer


@pytest.fixture(params=["redis", "redis is away"])
async def case(request: pytest.FixtureRequest) -> AsyncGenerator[Case]:
    server, clock = FakeServer(), Clock()
    server.connected = request.param == "redis"
    async with FakeAsyncRedis(server=server) as redis:
        yield Case(SignInThrottle(redis, clock=clock), clock, server)


async def _fail(throttle: SignInThrottle, times: int, email: Callable[[int], str]) -> None:
    for number in range(times):
        assert await throttle.admit(email(number), HOST) == 0


async def test_five_failures_lock_an_account_for_15_minutes(case: Case) -> None:
    await _fail(case.throttle, 5, lambda _: "a@b")

    assert 890 <= await case.throttle.admit("A@b ", ELSEWHERE) <= 900


async def test_twenty_failures_lock_a_network(case: Case) -> None:
    await _fail(case.throttle, 20, lambda number: f"{number}@b")

    assert await case.throttle.admit("new@b", HOST) > 0
    assert await case.throttle.admit("new@b", ELSEWHERE) == 0


async def test_a_blocked_network_locks_no_account(case: Case) -> None:
    await _fail(case.throttle, 20, lambda number: f"{number}@b")
    for _ in range(5):
        await case.throttle.admit("victim@b", HOST)

    assert await case.throttle.admit("victim@b", ELSEWHERE) == 0


async def test_what_was_given_back_does_not_count(case: Case) -> None:
    for _ in range(30):
        assert await case.throttle.admit("a@b", HOST) == 0
        await case.throttle.give_back("a@b", HOST)

    await _fail(case.throttle, 5, lambda _: "a@b")
    assert await case.throttle.admit("a@b", HOST) > 0


async def test_giving_back_too_often_opens_no_credit(case: Case) -> None:
    await case.throttle.give_back("a@b", HOST)
    await case.throttle.give_back("a@b", HOST)

    await _fail(case.throttle, 5, lambda _: "a@b")
    assert await case.throttle.admit("a@b", HOST) > 0


async def test_attempts_while_locked_do_not_prolong_the_lock() -> None:
    server, clock = FakeServer(), Clock()
    server.connected = False
    async with FakeAsyncRedis(server=server) as redis:
        throttle = SignInThrottle(redis, clock=clock)
        await _fail(throttle, 5, lambda _: "a@b")
        clock.now += 899
        assert await throttle.admit("a@b", HOST) == 1
        clock.now += 1
        assert await throttle.admit("a@b", HOST) == 0


async def test_every_key_in_redis_has_an_end_and_names_nobody() -> None:
    async with FakeAsyncRedis() as redis:
        await SignInThrottle(redis).admit("maria@shop.example", HOST)
        names = cast("list[bytes]", await cast("Any", redis).keys())
        ends: list[int] = [await redis.ttl(name) for name in names]

    assert len(names) == 2
    assert all(890 <= end <= 900 for end in ends)
    assert not any(b"maria" in name for name in names)


async def test_losing_redis_does_not_open_the_door(case: Case) -> None:
    case.server.connected = False

    await _fail(case.throttle, 5, lambda _: "a@b")

    assert await case.throttle.admit("a@b", HOST) > 0


async def test_memory_is_bounded_without_redis() -> None:
    server, clock = FakeServer(), Clock()
    server.connected = False
    async with FakeAsyncRedis(server=server) as redis:
        throttle = SignInThrottle(redis, clock=clock, local_entries=100)
        for number in range(300):
            await throttle.admit(f"{number}@b", f"10.0.{number // 250}.{number % 250}")

        assert throttle.local_size <= 102


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_what_one_person_has(host: str, network: str) -> None:
    assert network_of(host) == network
