"""Run one server so that it can't outlive whoever started it.

`python -m handoff_common.testing.warden FOLDER USER COMMAND…`; an empty USER means our own.
Standard input is a pipe from the starter. A line on it is the number of a signal for the server.
Its end means that the starter is gone, even by `kill -9`: the server, all that it started and its
folder go too.

A process of its own, because the kernel's parent-death signal follows the *thread* that started a
child, is lost by a change of user, and does not reach grandchildren (PostgreSQL's backends, epmd).
"""

import ctypes
import shutil
import subprocess
import sys
import threading

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def main(folder: str, user: str, *command: str) -> None:
    _adopt_orphans()
    identity = user or None
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        user=identity,
        group=identity,
        extra_groups=[] if identity else None,
    )
    abandoned = threading.Event()
    threading.Thread(target=_obey, args=(server, abandoned), daemon=True).start()
    server.wait()
    _sweep()
    if abandoned.is_set():
        shutil.rmtree(folder, ignore_errors=True)


def _obey(server: subprocess.Popen[bytes], abandoned: threading.Event) -> None:
    for line in sys.stdin:
        server.send_signal(int(line))
    abandoned.set()
    server.kill()


def _adopt_orphans() -> None:
    """Become the parent of what the server leaves behind, so that `_sweep` finds it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _sweep() -> None:
    me = psutil.Process()
    while family := me.children(recursive=True):
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
