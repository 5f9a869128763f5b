"""The standalone mode: one process, one SQLite file."""

from typing import ClassVar

from harness.process import Process
from harness.product import PASSWORD, Product, run_command


class Standalone(Product):
    mode: ClassVar[str] = "standalone"

    @property
    def api_url(self) -> str:
        return self.public_url

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.options.folder}/home/handoff.db"

    @property
    def environment(self) -> dict[str, str]:
        """What `handoff run` is started with."""
        home = str(self.options.folder / "home")
        return self.settings | {"HANDOFF_HOME": home, "PORT": str(self.webhook_port)}

    async def prepare(self) -> None:
        self.processes = [
            Process(
                "standalone",
                ["-m", "handoff_standalone", "run"],
                self.environment,
                self.options.folder,
                f"{self.public_url}/readyz",
            )
        ]

    async def command(self, *arguments: str) -> str:
        environment = self.environment | {"HANDOFF_PASSWORD": PASSWORD}
        return await run_command(self.options.folder, environment, *arguments)

    async def restart_servers(self, which: str) -> None:
        raise AssertionError(f"the standalone mode has no {which} of its own")
