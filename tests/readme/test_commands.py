"""Every command that a README names is run, or tried as far as it can be inside a test."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from harness.process import free_port
from readme.documents import ROOT, commands

MAKE_RUN = "make run"
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
    async with started(where) as greeting:
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


@asynccontextmanager
async def started(where: dict[str, str]) -> AsyncGenerator[str]:
    """Run `make run` as in a terminal; yields what it greets with, ends it by Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        *MAKE_RUN.split(),
        cwd=ROOT,
        env=environment(where),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the whole group, and not us
    )
    assert process.stderr is not None
    greeting = ""
    try:
        while "First admin" not in greeting:
            line = await asyncio.wait_for(process.stderr.readline(), SECONDS)
            assert line, f"it ended: {greeting}"
            greeting += line.decode()
        yield greeting
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), SECONDS)
    assert process.returncode in (0, -signal.SIGINT)  # make ends as its signal says
    assert b"Traceback" not in await process.stderr.read()


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
