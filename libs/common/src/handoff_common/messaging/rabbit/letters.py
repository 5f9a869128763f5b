"""Dead letters on RabbitMQ, which has no way to look into a queue but to take messages out.

They are taken without an acknowledgement, and put back in place afterwards, by a crash too. Each
look counts as a delivery, hence the limit that the queues of the dead are declared with. Of two who
look at once, each sees what the other doesn't hold.
"""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractChannel
from aiormq.abc import AbstractChannel as Underlay
from aiormq.abc import DeliveredMessage

from handoff_common.messaging.broker import DeadLetter
from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.rabbit.messages import letter_id, letter_of, replayed
from handoff_common.messaging.rabbit.names import dead_queue
from handoff_common.messaging.rabbit.publisher import Post, Publisher

_RPC_SECONDS = 5.0


async def list_letters(channel: AbstractChannel, queue: str, limit: int) -> list[DeadLetter]:
    """Return the oldest dead letters."""
    letters: list[DeadLetter] = []
    async with _looking(channel) as underlay:
        while len(letters) < limit and (message := await _get(underlay, queue)) is not None:
            letters.append(letter_of(message, queue))
    return letters


async def replay_letters(
    channel: AbstractChannel, publisher: Publisher, queue: str, ids: Collection[str] | None
) -> int:
    """Publish dead letters to their queue again, each before it is taken off; return how many."""
    done: set[str] = set()
    async with _looking(channel) as underlay:
        while (message := await _get(underlay, queue)) is not None:
            name = letter_id(message)
            # One that dies again while we are at it stays dead, or this would never end.
            if name in done or (ids is not None and name not in ids):
                continue
            await publisher.confirmed([Post("", queue, replayed(message))])
            with away_errors():
                await underlay.basic_ack(message.delivery_tag or 0)
            done.add(name)
    return len(done)


async def _get(underlay: Underlay, queue: str) -> DeliveredMessage | None:
    with away_errors():
        message = await underlay.basic_get(dead_queue(queue), timeout=_RPC_SECONDS)
    return None if message.delivery_tag is None else message


@asynccontextmanager
async def _looking(channel: AbstractChannel) -> AsyncGenerator[Underlay]:
    underlay = await channel.get_underlay_channel()
    yield underlay
    with away_errors():
        # All that is unacknowledged. Closing the channel does it too, but later than the next look.
        await underlay.basic_nack(0, multiple=True)
