"""What the documents name exists, and the story is run as it is written."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from harness.process import Process, free_port
from readme.documents import ROOT, blocks, text

STORY = "\n".join(blocks("docs/walkthrough.md", "bash"))
SECONDS = 90
ROOMS = [*ROOT.glob("tests"), *ROOT.glob("libs/*/tests"), *ROOT.glob("services/*/tests")]
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "deploy/*.md", "tests/model/*.md")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("document", ["README.md", "README.pt-BR.md", "CONTRIBUTING.md"])
def test_the_targets_that_are_named_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):.*## ", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z0-9-]+)", text(document), re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_linked_to_exists(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text(document))
    local = [link for link in links if not link.startswith("https://")]
    assert [link for link in local if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tests_that_are_named_exist(document: str) -> None:
    named = set(re.findall(r"`((?:[\w/-]+/)?test_\w+\.py)`", text(document)))
    there = {str(path.relative_to(ROOT)) for room in ROOMS for path in room.rglob("test_*.py")}
    assert [
        name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)
    ] == []


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if "/adr/" in name])
def test_a_decision_says_what_enforces_it(document: str) -> None:
    _, said = text(document).split("## Enforced by")
    assert said.strip()


@pytest.mark.e2e
async def test_the_story_goes_as_it_is_told(tmp_path: Path) -> None:
    port = free_port()
    environment = {"PORT": str(port), "HANDOFF_HOME": str(tmp_path / "var")}
    process = Process(
        "run",
        ["-m", "handoff_standalone", "run"],
        environment,
        tmp_path,
        f"http://127.0.0.1:{port}/readyz",
    )
    await process.start()
    try:
        await process.ready()
        [password] = re.findall(r"First admin: \S+ +password: (\S+)", process.output())
        said = await told(STORY, {"PORT": str(port), "PASSWORD": password}, tmp_path)
    finally:
        await process.stop()
    written, opens, asked, calls, admin, found, claim, reply, got, returned, again, pix, *phone = (
        said.splitlines()
    )
    assert all(re.fullmatch("SM[0-9a-f]{32}", sid) for sid in (written, asked, again))
    assert "Aos domingos abrimos das 7h às 13h" in opens
    assert "Chamei uma pessoa" in calls
    assert admin == "Admin"
    assert found.startswith("waiting ")
    assert (claim, reply, returned) == ("accepted", "accepted", "accepted")
    assert got.endswith("Olá! Reservei o seu bolo para domingo.")
    assert "Pix" in pix
    assert phone[-1] == pix
    assert {opens, calls, got} <= set(phone)


async def told(script: str, variables: dict[str, str], folder: Path) -> str:
    """Run a script as a careful reader would; return what it printed."""
    bash = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TMPDIR": str(folder), **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(bash.communicate(), SECONDS)
    except TimeoutError:
        bash.kill()
        output, _ = await bash.communicate()
        raise AssertionError(f"the story did not end: {output.decode()}") from None
    assert bash.returncode == 0, output.decode()
    return output.decode()
