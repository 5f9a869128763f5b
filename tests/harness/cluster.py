"""`make cluster`: the distributed mode on this machine, until Ctrl-C."""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from handoff_common.logging import configure
from handoff_common.testing.servers import provide
from harness.distributed import Distributed
from harness.product import PASSWORD, Options


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with tempfile.TemporaryDirectory(prefix="handoff-cluster-") as folder:
        say("starting RabbitMQ, PostgreSQL and Redis …")
        async with provide() as servers:
            for server in servers.all:
                say(f"  {server.kind} {server.version} ({server.how})")
            product = Distributed(Options(Path(folder)), given=servers)
            say("starting five services, two replicas each …")
            async with product.running():
                await product.command("user", "add", "admin@example.com", "--role", "admin")
                for process in (product.simulator, *product.processes):
                    say(f"  {process.name:16} pid {process.pid:7} {process.ready_url}")
                say(f"Console: {product.api_url}/   webhooks: {product.public_url}")
                say(f"Simulator: {product.simulator_url}/")
                say(f"Admin: admin@example.com   password: {PASSWORD}")
                say(f"Logs: {folder}   (Ctrl-C stops everything)")
                await stop.wait()
                say("stopping …")


if __name__ == "__main__":
    configure("cluster", level="CRITICAL", stream=sys.stderr)
    asyncio.run(main())
