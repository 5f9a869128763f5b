"""The same promises whether a server runs in a container or is a private instance."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from handoff_common.testing.instance import Kind, Way
from handoff_common.testing.postgres import Postgres
from handoff_common.testing.rabbit import Rabbit
from handoff_common.testing.servers import Servers, provide


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[AsyncConnection]:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def a_row_survives(postgres: Postgres) -> None:
    url = await postgres.create_database("durable")
    async with connected(url) as connection:
        await connection.execute(text("CREATE TABLE note (body text)"))
        await connection.execute(text("INSERT INTO note VALUES ('kept')"))
    await postgres.kill()
    with pytest.raises(OSError, match="Connect"):
        async with connected(url):
            pass
    await postgres.start()
    async with connected(url) as connection:
        assert await connection.scalar(text("SELECT body FROM note")) == "kept"


async def a_message_survives(rabbit: Rabbit) -> None:
    url = await rabbit.create_vhost("durable")
    quorum: dict[str, aio_pika.abc.FieldValue] = {"x-queue-type": "quorum"}
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).declare_queue("notes", durable=True, arguments=quorum)
    # The broker writes down that there is a new quorum queue about a second later (RabbitMQ 3.10).
    await rabbit.stop()
    await rabbit.start()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        kept = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(kept, "notes")
    await rabbit.kill()
    with pytest.raises(aio_pika.exceptions.AMQPConnectionError):
        await aio_pika.connect(url)
    await rabbit.start()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("notes", durable=True, arguments=quorum)
        message = await queue.get(timeout=10)
        assert message is not None
        assert message.body == b"kept"
        await message.ack()


async def every_server_answers_and_survives(servers: Servers) -> None:
    assert [server.kind for server in servers.all] == list(Kind)
    assert all(server.version[0].isdigit() for server in servers.all)
    assert all(server.can_be_killed for server in servers.all)
    await a_row_survives(servers.postgres)
    await a_message_survives(servers.rabbit)
    await servers.redis.kill()
    await servers.redis.start()
    await servers.redis.stop()
    await servers.redis.start()


@pytest.mark.integration
async def test_what_private_instances_stored_survives_kill_9(installed: Way) -> None:
    async with provide(ways=[installed]) as servers:
        await every_server_answers_and_survives(servers)


@pytest.mark.integration
async def test_what_containers_stored_survives_kill_9(containers: Way) -> None:
    async with provide(ways=[containers]) as servers:
        await every_server_answers_and_survives(servers)


@pytest.mark.integration
async def test_a_database_can_be_copied_and_dropped(postgres: Postgres) -> None:
    url = await postgres.create_database("first")
    async with connected(url) as connection:
        await connection.execute(text("CREATE TABLE note (body text)"))
        await connection.execute(text("INSERT INTO note VALUES ('São João')"))
    copy = await postgres.create_database("second", template="first")
    async with connected(copy) as connection:
        assert await connection.scalar(text("SELECT lower(body) FROM note")) == "são joão"
        assert await connection.scalar(text("SHOW fsync")) == "on"
    for name in ("first", "second"):
        await postgres.drop_database(name)
    with pytest.raises(Exception, match="does not exist"):
        async with connected(copy):
            pass


@pytest.mark.integration
async def test_virtual_hosts_are_apart(rabbit: Rabbit) -> None:
    one, other = await rabbit.create_vhost("one"), await rabbit.create_vhost("other")
    async with await aio_pika.connect(one) as connection:
        await (await connection.channel()).declare_queue("notes", durable=True)
    async with await aio_pika.connect(other) as connection:
        with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
            await (await connection.channel()).declare_queue("notes", passive=True)
    await rabbit.delete_vhost("one")
    await rabbit.delete_vhost("other")


_PROVIDER = """
import asyncio
from handoff_common.testing.installed import Installed
from handoff_common.testing.instance import Kind
from handoff_common.testing.servers import provide

async def main():
    async with provide(Kind.POSTGRES, Kind.REDIS, ways=[Installed()]):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.integration
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("installed")
async def test_servers_end_with_whoever_started_them(number: signal.Signals) -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROVIDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert starter.stdout is not None
        assert await starter.stdout.readline() == b"up\n"
        wardens = psutil.Process(starter.pid).children()
        folders = [Path(warden.cmdline()[3]) for warden in wardens]
        servers = [server for warden in wardens for server in warden.children()]
        assert {server.name() for server in servers} == {"postgres", "redis-server"}
    finally:
        starter.send_signal(number)
        await starter.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, [*servers, *wardens], timeout=20)
    assert alive == []
    assert not any(folder.exists() for folder in folders)
