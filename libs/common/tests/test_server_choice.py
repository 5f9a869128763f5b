import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handoff_common.testing.containers import Containers
from handoff_common.testing.given import Given
from handoff_common.testing.installed import Installed
from handoff_common.testing.instance import Instance, Kind, ServerError
from handoff_common.testing.packages import Packages
from handoff_common.testing.servers import choose, default_ways, provide


@dataclass(slots=True)
class FakeWay:
    """A way with an obstacle, or none; remembers whether it was asked."""

    name: str
    reason: str = ""
    asked: int = 0

    def obstacle(self, kind: Kind) -> str:
        del kind
        self.asked += 1
        return self.reason

    def instance(self, kind: Kind) -> Instance:
        return FakeInstance(f"{self.name} {kind}")


@dataclass(slots=True)
class FakeInstance:
    how: str
    url: str = "redis://127.0.0.1:1/0"
    management_url: str = ""
    ours: bool = True
    discarded: bool = False

    async def start(self) -> None:
        raise ServerError("out of order")

    async def kill(self) -> None: ...

    async def stop(self) -> None: ...

    async def discard(self) -> None:
        self.discarded = True

    def complaint(self) -> str:
        return ""


@dataclass(slots=True)
class FakeMachine:
    """A machine on which packages can be installed; each brings the program that was looked for."""

    policy: Path
    programs: dict[Kind, Path] = field(default_factory=dict[Kind, Path])
    commands: list[str] = field(default_factory=list[str])
    refusal: str = ""

    def find(self, kind: Kind) -> Path | None:
        return self.programs.get(kind)

    def run(self, command: Sequence[str]) -> None:
        assert self.policy.read_text() == "#!/bin/sh\nexit 101\n", "a package may start its server"
        self.commands.append(" ".join(command))
        if self.refusal:
            raise ServerError(self.refusal)
        if "redis-server" in command:
            self.programs[Kind.REDIS] = Path("/usr/bin/redis-server")

    def packages(self, *, obstacle: str = "") -> Packages:
        return Packages(
            Installed(self.find), check=lambda: obstacle, run=self.run, policy=self.policy
        )


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(tmp_path / "policy-rc.d")


def test_the_environment_comes_first_then_docker_then_programs_then_packages() -> None:
    kinds = [type(way) for way in default_ways()]
    assert kinds == [Given, Containers, Installed, Packages]


def test_the_first_way_without_an_obstacle_is_taken_and_no_later_one_is_asked() -> None:
    ways = [FakeWay("first", "closed"), FakeWay("second"), FakeWay("third")]
    assert choose(Kind.REDIS, ways).how == "second Redis"
    assert [way.asked for way in ways] == [1, 1, 0]


def test_the_last_resort_says_why_each_way_failed_and_what_to_install() -> None:
    ways = [FakeWay("environment", "TEST_AMQP_URL is not set"), FakeWay("Docker", "no daemon")]
    with pytest.raises(ServerError) as caught:
        choose(Kind.RABBIT, ways)
    assert str(caught.value).splitlines() == [
        "No way to provide RabbitMQ:",
        "  environment: TEST_AMQP_URL is not set",
        "  Docker: no daemon",
        "Set TEST_AMQP_URL, start Docker, or install it (rabbitmq-server).",
    ]


@pytest.mark.parametrize(
    ("kind", "variable"),
    [
        (Kind.POSTGRES, "TEST_DATABASE_URL"),
        (Kind.RABBIT, "TEST_AMQP_URL"),
        (Kind.REDIS, "TEST_REDIS_URL"),
    ],
)
def test_a_variable_names_a_server_of_somebody_else(kind: Kind, variable: str) -> None:
    given = Given({variable: "scheme://host:1/"})
    assert given.obstacle(kind) == ""
    assert given.instance(kind).url == "scheme://host:1/"
    assert given.instance(kind).ours is False
    assert Given({}).obstacle(kind) == f"{variable} is not set"


async def test_a_server_of_somebody_else_is_never_killed() -> None:
    given = Given({"TEST_REDIS_URL": "redis://127.0.0.1:1/0"}).instance(Kind.REDIS)
    for end in (given.kill, given.stop):
        with pytest.raises(ServerError, match="TEST_REDIS_URL is not ours to kill"):
            await end()


@pytest.mark.parametrize(
    ("environ", "management"),
    [
        ({}, "http://guest:guest@rabbit:15672"),
        ({"TEST_AMQP_MANAGEMENT_URL": "http://a:b@c:1"}, "http://a:b@c:1"),
    ],
)
def test_a_given_broker_has_its_http_api_beside_it(
    environ: dict[str, str], management: str
) -> None:
    given = Given({"TEST_AMQP_URL": "amqp://rabbit/", **environ})
    assert given.instance(Kind.RABBIT).management_url == management


def test_a_missing_program_is_an_obstacle(machine: FakeMachine) -> None:
    installed = Installed(machine.find)
    assert installed.obstacle(Kind.POSTGRES) == "no initdb found"
    with pytest.raises(ServerError, match="no initdb found"):
        installed.instance(Kind.POSTGRES)


def test_a_missing_program_is_installed_from_a_package(machine: FakeMachine) -> None:
    packages = machine.packages()
    assert packages.obstacle(Kind.REDIS) == ""
    assert machine.commands == [
        "apt-get update -q",
        "apt-get install -q -y --no-install-recommends redis-server",
    ]
    assert packages.obstacle(Kind.REDIS) == ""
    assert len(machine.commands) == 2, "what is there is not installed again"
    assert not machine.policy.exists()


def test_packages_need_somebody_who_may_install_them(machine: FakeMachine) -> None:
    assert machine.packages(obstacle="not root").obstacle(Kind.REDIS) == "not root"
    assert machine.commands == []


def test_a_package_manager_that_fails_is_an_obstacle(machine: FakeMachine) -> None:
    machine.refusal = "apt-get update failed: no network"
    assert machine.packages().obstacle(Kind.REDIS) == "apt-get update failed: no network"


async def test_a_server_that_does_not_start_is_discarded_and_its_reason_is_told() -> None:
    instance = FakeInstance("broken")

    class Broken(FakeWay):
        def instance(self, kind: Kind) -> Instance:
            del kind
            return instance

    with pytest.raises(ServerError, match="out of order"):
        async with provide(Kind.REDIS, ways=[Broken("broken")]):
            pass
    assert instance.discarded


async def test_a_program_that_ends_at_once_tells_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\necho no such luck\nexit 1\n")
    program.chmod(stat.S_IRWXU)
    broken = Installed(lambda _: program)
    with pytest.raises(
        ServerError, match=re.compile("Redis .*does not answer: no such luck", re.DOTALL)
    ):
        async with provide(Kind.REDIS, ways=[broken]):
            pass


def test_docker_without_a_daemon_is_an_obstacle(tmp_path: Path) -> None:
    nobody = Containers(host=f"unix://{tmp_path}/docker.sock")
    assert nobody.obstacle(Kind.REDIS) == "no Docker daemon answers"
