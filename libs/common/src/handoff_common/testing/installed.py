"""Private instances of the server programs that this machine has."""

import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from handoff_common.testing.instance import Instance, Kind, ServerError
from handoff_common.testing.private import Plan, PrivateInstance, free_ports

PROGRAMS = {Kind.POSTGRES: "initdb", Kind.RABBIT: "rabbitmq-server", Kind.REDIS: "redis-server"}

MAX_CONNECTIONS = 300
"""PostgreSQL's own default of 100 is too few for two replicas of each service beside the tests."""
DATABASES = 256
"""Redis databases; its own default is 16."""

_PLACES = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/opt/homebrew/bin:/opt/homebrew/sbin"

# A few schedulers that sleep when idle: spinning ones cost a small machine most of a core.
_ERLANG = (
    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
)

_RABBIT_CONF = """\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management_port}
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 100MB
"""


def find_program(kind: Kind) -> Path | None:
    """Return the program that starts (PostgreSQL: creates) a server, the newest of several.

    Debian keeps PostgreSQL's programs off the PATH, and puts a script before RabbitMQ's that
    insists on the system's own folders.
    """
    if kind is Kind.POSTGRES:
        versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if debian := sorted(versions, key=lambda path: float(path.parts[-3])):
            return debian[-1]
    if kind is Kind.RABBIT and (debian := Path("/usr/lib/rabbitmq/bin/rabbitmq-server")).exists():
        return debian
    found = shutil.which(PROGRAMS[kind], path=os.environ.get("PATH", "") + ":" + _PLACES)
    return Path(found) if found else None


class Installed:
    """The third way: a private instance on free ports, with its data in a temporary folder."""

    name = "installed programs"

    def __init__(self, find: Callable[[Kind], Path | None] = find_program) -> None:
        self._find = find

    def obstacle(self, kind: Kind) -> str:
        return "" if self._find(kind) else f"no {PROGRAMS[kind]} found"

    def instance(self, kind: Kind) -> Instance:
        program = self._find(kind)
        if program is None:
            raise ServerError(self.obstacle(kind))
        folder = Path(tempfile.mkdtemp(prefix=f"handoff-{kind.lower()}-"))
        return PrivateInstance(_PLANS[kind](program, folder))


def _postgres(initdb: Path, folder: Path) -> Plan:
    (port,) = free_ports(1)
    (folder / "password").write_text("postgres\n")
    (folder / "password").chmod(0o644)
    data = str(folder / "data")
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": MAX_CONNECTIONS,
    }
    return Plan(
        how=f"private instance of {initdb.resolve().parent}/postgres",
        folder=folder,
        # --no-sync is about these first files only; the running server calls fsync as always.
        prepare=(
            *(str(initdb), "--pgdata", data, "--username", "postgres", "--no-sync"),
            *("--pwfile", str(folder / "password"), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        ),
        command=(
            *(str(initdb.resolve().with_name("postgres")), "-D", data),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ),
        url=f"postgresql://postgres:postgres@127.0.0.1:{port}/postgres",
        user=_postgres_user(),
        stop_signal=signal.SIGINT,  # its "fast" shutdown; SIGTERM waits for clients to leave
    )


def _postgres_user() -> str:
    """Return whom PostgreSQL runs as when we are root, which it refuses."""
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _rabbit(program: Path, folder: Path) -> Plan:
    port, management_port, dist_port, epmd_port = free_ports(4)
    conf = folder / "rabbitmq.conf"
    conf.write_text(_RABBIT_CONF.format(port=port, management_port=management_port))
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (folder / "rabbitmq-env.conf").touch()
    return Plan(
        how=f"private instance of {program}",
        folder=folder,
        command=(str(program),),
        environment={
            "HOME": str(folder),  # where the Erlang cookie is
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_BYTES": "0",
            "RABBITMQ_NODENAME": "handoff@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(conf),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        },
        url=f"amqp://guest:guest@127.0.0.1:{port}/",
        management_url=f"http://guest:guest@127.0.0.1:{management_port}",
    )


def _redis(program: Path, folder: Path) -> Plan:
    (port,) = free_ports(1)
    return Plan(
        how=f"private instance of {program}",
        folder=folder,
        command=(
            *(str(program), "--bind", "127.0.0.1", "--port", str(port)),
            *("--save", "", "--databases", str(DATABASES)),
        ),
        url=f"redis://127.0.0.1:{port}/0",
    )


_PLANS: dict[Kind, Callable[[Path, Path], Plan]] = {
    Kind.POSTGRES: _postgres,
    Kind.RABBIT: _rabbit,
    Kind.REDIS: _redis,
}
