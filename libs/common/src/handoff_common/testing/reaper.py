"""Remove a container when whoever started it is gone, even by `kill -9`.

`python -m handoff_common.testing.reaper CONTAINER`; standard input is a pipe from the starter.
"""

import sys

from docker.errors import NotFound
from testcontainers.core.docker_client import DockerClient


def main(container: str) -> None:
    sys.stdin.read()
    try:
        DockerClient().client.containers.get(container).remove(force=True, v=True)
    except NotFound:
        return  # removed in an orderly way


if __name__ == "__main__":
    main(sys.argv[1])
