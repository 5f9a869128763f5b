"""Every command that a README names is run, or tried as far as it can be inside a test."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from harness.process import free_port
from readme.documents import ROOT, commands, text

MAKE_RUN, MAKE_CLUSTER = "make run", "make cluster"
ELSEWHERE = {"make test", "make up", "make down"}
"""The first would run itself in here; the others need Docker, and what they start is looked at by
`tests/compose` and played on by `make e2e TARGET=compose`."""
TWILIO = {
    "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
    "TWILIO_AUTH_TOKEN": "not-a-real-one",
    "PUBLIC_BASE_URL": "https://handoff.example.com",
}
SECONDS = 120


def test_both_languages_name_the_same_commands() -> None:
    assert commands("README.md") == commands("README.pt-BR.md")


@pytest.mark.parametrize("command", sorted(ELSEWHERE))
async def test_make_knows_how(command: str) -> None:
    assert command in commands("README.md")
    code, said = await ran(f"{command} --dry-run", ROOT, {})
    assert code == 0, said


@pytest.mark.e2e
async def test_the_commands_do_what_is_said(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    where = {"PORT": str(free_port()), "HANDOFF_HOME": str(tmp_path / "var")}
    async with started(MAKE_RUN, "First admin", where) as greeting:
        addresses = re.findall(r"http://\S+", greeting)
        async with httpx2.AsyncClient(follow_redirects=True) as browser:
            answers = [await browser.get(address) for address in addresses]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert all("text/html" in answer.headers["content-type"] for answer in answers)

        for command in set(commands("README.md")) - ELSEWHERE - {MAKE_RUN}:
            more = TWILIO if "twilio" in command else {}
            code, said = await ran(command, tmp_path, where | more)
            assert code == 0, f"{command}: {said}"
            assert said.strip()


@pytest.mark.e2e
async def test_the_cluster_starts_and_stops() -> None:
    assert MAKE_CLUSTER in text("README.md")
    async with started(MAKE_CLUSTER, "Ctrl-C", {}) as greeting:
        pages = re.findall(r"(?:Console|Simulator): (http://[^ ]+/)", greeting)
        processes = re.findall(r"pid +([0-9]+)", greeting)
        async with httpx2.AsyncClient() as browser:
            answers = [await browser.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(processes) == 11  # five services twice, and the simulator
    assert not any(psutil.pid_exists(int(pid)) for pid in processes)


async def test_help_names_every_target() -> None:
    code, said = await ran("make help", ROOT, {})
    targets = re.findall(r"^([a-z0-9-]+):.*## ", text("Makefile"), re.MULTILINE)
    assert (code, [name for name in targets if f" {name} " not in said]) == (0, [])


@asynccontextmanager
async def started(command: str, last: str, where: dict[str, str]) -> AsyncGenerator[str]:
    """Run it as in a terminal; yields what it greets with up to `last`, ends it by Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        *command.split(),
        cwd=ROOT,
        env=environment(where),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches the whole group, and not us
    )
    assert process.stdout is not None
    greeting = ""
    try:
        while last not in greeting:
            line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
            assert line, f"it ended: {greeting}"
            greeting += line.decode()
        yield greeting
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), SECONDS)
    assert process.returncode in (0, -signal.SIGINT)  # make ends as its signal says
    assert b"Traceback" not in await process.stdout.read()


async def ran(command: str, folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Run a line in bash; return its exit code and all that it printed."""
    bash = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        command,
        cwd=folder,
        env=environment(variables),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(bash.communicate(), SECONDS)
    assert bash.returncode is not None
    return bash.returncode, output.decode()


def environment(variables: dict[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LC_ALL": "C.UTF-8",
        **variables,
    }
