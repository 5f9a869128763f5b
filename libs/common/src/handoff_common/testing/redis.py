"""Redis for tests: what it holds may be lost, so it is shared, by database number."""

from typing import Any, ClassVar, cast
from urllib.parse import urlsplit, urlunsplit

from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from handoff_common.testing.instance import Kind
from handoff_common.testing.server import BaseServer


class Redis(BaseServer):
    kind: ClassVar[Kind] = Kind.REDIS
    away: ClassVar[tuple[type[Exception], ...]] = (RedisError,)

    def database_url(self, number: int = 0) -> str:
        """Return the URL of a numbered database; one of ours has 256, another usually 16."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{number}"))

    async def _greet(self) -> str:
        async with cast("Any", Client).from_url(self.url) as client:
            return str((await client.info("server"))["redis_version"])

    async def _clean(self) -> None:
        """Nothing in it needs to go."""
