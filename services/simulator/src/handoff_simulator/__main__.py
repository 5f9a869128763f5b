"""The simulator as a process of its own: `python -m handoff_simulator`."""

import structlog
import uvloop

from handoff_common import logging
from handoff_common.lifecycle import listening_socket, serve
from handoff_simulator.app import create
from handoff_simulator.settings import SimulatorSettings

log = structlog.get_logger()


def main() -> None:
    # The account has no defaults: pydantic-settings reads it from the environment.
    settings = SimulatorSettings.model_validate({})
    logging.configure("simulator", level=settings.log_level)
    sock = listening_socket(settings.host, settings.port)
    host, port = sock.getsockname()[:2]
    uvloop.run(
        serve(
            create(settings),
            sock,
            on_started=lambda: log.info("service.started", host=host, port=port),
        )
    )


if __name__ == "__main__":
    main()
