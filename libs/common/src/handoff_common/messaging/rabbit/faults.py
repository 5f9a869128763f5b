"""The many ways in which aio-pika says that the broker is gone."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from aio_pika.exceptions import AMQPError

from handoff_common.errors import AwayError


@contextmanager
def away_errors() -> Generator[None]:
    """Turn them all into `AwayError`. Only calls of the library belong in the block."""
    try:
        yield
    except asyncio.CancelledError as error:
        # A connection that dies cancels what waits on it, although nobody cancelled us.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise AwayError("connection lost") from error
    except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
        # A closed channel is a RuntimeError there.
        raise AwayError(type(error).__name__) from error
    except Exception as error:
        if type(error) is Exception:  # what it rejects futures with, for want of a reason
            raise AwayError("connection lost") from error
        raise
