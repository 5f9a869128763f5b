"""The publishing side: confirmed in a pipeline, or thrown to whoever listens."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from aio_pika import Message
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import PublishError

from handoff_common.errors import AwayError, UnroutableError
from handoff_common.messaging.rabbit.faults import away_errors
from handoff_common.messaging.rabbit.link import Link

log = structlog.get_logger()

_PIPELINE = 256
"""Confirms outstanding for one call; wider is not faster (measured: 100 is as good as 500)."""
_TRANSIENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Post:
    """A message and where it goes; the default exchange is the empty name."""

    exchange: str
    routing_key: str
    message: Message


class Publisher:
    """Publishes on one link."""

    def __init__(self, link: Link, *, seconds: float) -> None:
        self._link = link
        self._seconds = seconds

    async def confirmed(self, posts: Sequence[Post]) -> None:
        """Return once the broker has all of them on its disks.

        Raises `UnroutableError`, and `AwayError` when it refused or did not say in time: what it
        did not confirm in time usually still lands.
        """
        for start in range(0, len(posts), _PIPELINE):
            channel = await self._link.channel(confirms=True)
            outcomes = await asyncio.gather(
                *(self._confirmed(channel, post) for post in posts[start : start + _PIPELINE]),
                return_exceptions=True,
            )
            _raise_worst(outcomes)

    async def _confirmed(self, channel: AbstractChannel, post: Post) -> None:
        exchange = await channel.get_exchange(post.exchange, ensure=False)
        with away_errors():
            try:
                await exchange.publish(
                    post.message, post.routing_key, mandatory=True, timeout=self._seconds
                )
            except PublishError as error:
                raise UnroutableError(post.routing_key) from error

    async def transient(self, posts: Sequence[Post]) -> None:
        """Send without waiting for confirms, to nobody if nobody is bound; away is not an error."""
        try:
            with away_errors():
                async with asyncio.timeout(_TRANSIENT_SECONDS):
                    channel = await self._link.channel(confirms=False)
                    for post in posts:
                        exchange = await channel.get_exchange(post.exchange, ensure=False)
                        await exchange.publish(post.message, post.routing_key, mandatory=False)
        except AwayError as error:
            log.warning("transient.lost", count=len(posts), reason=str(error))


def _raise_worst(outcomes: Iterable[BaseException | None]) -> None:
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in sorted(failures, key=lambda error: isinstance(error, AwayError)):
        raise failure
