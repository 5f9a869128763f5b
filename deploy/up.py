"""`make up`: secrets, images, containers; wait until all are healthy; say where everything is."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy import credentials
from deploy.credentials import CredentialsError

ROOT = Path(__file__).parents[1]
HEALTHY_SECONDS = 180
NO_MODULES = {"PYTHONPATH": ""}
"""Debian's docker-compose is a Python program: our path would give it our modules for its own."""


def main() -> int:
    environment = {**dotenv(ROOT / ".env"), **os.environ}
    folder = Path(environment.get("HANDOFF_SECRETS") or credentials.FOLDER)
    before = _rights(folder)
    try:
        book = knowledge(environment, ROOT)
        channel = credentials.create(folder, environment)
        compose = Compose(compose_command(), os.environ | chosen(environment, channel) | book)
        compose.run("build")
        started = time.monotonic()
        if before and before != _rights(folder) and compose.ask("ps", "-q", "rabbitmq"):
            compose.run("restart", "rabbitmq")  # it reads users and rights when it starts
        compose.run("up", "--detach", "--remove-orphans")
        compose.wait()
    except (CredentialsError, KnowledgeError, ComposeError) as error:
        print(f"make up: {error}", file=sys.stderr)
        return 1
    print(f"All healthy after {time.monotonic() - started:.0f} s.")
    print(greeting(environment, channel, folder))
    return 0


def chosen(environment: Mapping[str, str], channel: credentials.Channel) -> dict[str, str]:
    """Return the variables of Compose that follow from the channel."""
    if not channel.is_simulated:
        return {**NO_MODULES, "COMPOSE_PROFILES": ""}
    # The console links to it; where others open the console, they would not reach this machine's.
    here = "" if channel.public_base_url else f"{simulator_url(environment)}/"
    link = environment.get("SIMULATOR_URL") or here
    return {**NO_MODULES, "COMPOSE_PROFILES": "simulator", "SIMULATOR_URL": link}


class KnowledgeError(Exception):
    """There is no such knowledge base; the text says what to do."""


def knowledge(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """Return where a knowledge base that is named is, absolute; relative ones count from `root`.

    For a path that is no file, Docker would make a folder, and the bot would not start. Raises
    `KnowledgeError`.
    """
    name = environment.get("HANDOFF_KNOWLEDGE")
    if not name:
        return {}
    path = (root / name).resolve()
    if not path.is_file():
        raise KnowledgeError(f"HANDOFF_KNOWLEDGE is {name}: there is no file {path}. Correct it.")
    return {"HANDOFF_KNOWLEDGE": str(path)}


class ComposeError(Exception):
    """Compose failed, or something did not get healthy; the text says what to look at."""


class Compose:
    """Compose's command line, either generation."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment

    def run(self, *arguments: str) -> None:
        words = [*self._command, *arguments]
        if subprocess.run(words, cwd=ROOT, env=self._environment, check=False).returncode:
            raise ComposeError(f"`{shlex.join(words)}` failed: `make logs` says more")

    def ask(self, *arguments: str) -> str:
        words = [*self._command, *arguments]
        return _output(words, self._environment)

    def wait(self) -> None:
        """Wait until every container is healthy, or has done what it was there for."""
        deadline = time.monotonic() + HEALTHY_SECONDS
        while waited := self._not_healthy():
            if time.monotonic() > deadline:
                raise ComposeError(f"not healthy: {', '.join(waited)}; `make logs` says more")
            time.sleep(0.5)

    def _not_healthy(self) -> list[str]:
        health = "{{if .State.Health}}{{.State.Health.Status}}{{end}}"
        form = "{{.Name}} {{.State.Status}} {{.State.ExitCode}} " + health
        ids = self.ask("ps", "--quiet", "--all").split()
        found = _output(["docker", "inspect", "--format", form, *ids], self._environment)
        return [line[1:] for line in found.splitlines() if not is_well(line.split()[1:])]


def is_well(state: Sequence[str]) -> bool:
    """Tell it from status, exit code and, where there is one, health."""
    return state in (["running", "0", "healthy"], ["exited", "0"])


def greeting(environment: Mapping[str, str], channel: credentials.Channel, folder: Path) -> str:
    local = console_url(environment)
    lines = [f"Console:     {local}"]
    if channel.is_simulated:
        lines.append(f"Simulator:   {simulator_url(environment)}")
    else:
        lines.append(f"Webhook:     {channel.public_base_url}/api/twilio/webhook")
    password = (folder / "admin_password").read_text().strip()
    lines += [f"API docs:    {local}/docs", f"First admin: admin@localhost   password: {password}"]
    return "\n".join(lines)


def console_url(environment: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{environment.get('PORT') or 8000}"


def simulator_url(environment: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{environment.get('SIMULATOR_PORT') or 8010}"


def dotenv(path: Path) -> dict[str, str]:
    """Return what an `.env` sets; quotes and comments as usual, nothing is expanded."""
    found: dict[str, str] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        name, is_set, value = line.strip().removeprefix("export ").partition("=")
        if is_set and not name.startswith("#"):
            found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    quote = value[:1]
    if quote in ("'", '"') and quote in value[1:]:
        return value[1:].partition(quote)[0]
    return value.partition(" #")[0].strip()


def _rights(folder: Path) -> str:
    path = folder / "rabbitmq_definitions"
    return path.read_text() if path.exists() else ""


def compose_command() -> list[str]:
    """Return the words that start Compose. Raises `ComposeError`."""
    env = {**os.environ, **NO_MODULES}
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            words = [*command, "version"]
            if subprocess.run(words, env=env, capture_output=True, check=False).returncode:
                continue
        except FileNotFoundError:
            continue
        return command
    raise ComposeError("there is no docker compose: install it (Debian: docker.io docker-compose)")


def _output(words: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ComposeError(f"`{shlex.join(words)}` failed: {done.stderr.strip()[-500:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
