"""Running what talks to a database or a broker, and saying in words what went wrong."""

from collections.abc import Coroutine
from typing import TypeVar

import uvloop
from sqlalchemy.exc import DBAPIError

from handoff_common.errors import AwayError
from handoff_common.schema import SchemaError
from handoff_standalone.commands.speech import fail
from handoff_standalone.home import HomeError
from handoff_standalone.settings import SettingsError

T = TypeVar("T")


def finish(work: Coroutine[object, object, T]) -> T:
    """Run it to its end; what can be expected to go wrong ends the command with a sentence."""
    try:
        return uvloop.run(work)
    except AwayError as error:
        fail(f"a server is away, or busy: {error}")
    except DBAPIError as error:
        fail(f"the database refuses: {error.orig}")
    except (SettingsError, HomeError, SchemaError) as error:
        fail(str(error))
