from collections.abc import Generator

import pytest

from handoff_common.testing.logs import Logs, logging_as


@pytest.fixture
def logs() -> Generator[Logs]:
    with logging_as("test") as found:
        yield found
