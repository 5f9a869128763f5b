"""Fixtures: one operator API for each test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from .world import World, make_schema, world


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    make_schema(path)
    return path


@pytest.fixture
async def house(schema: Path, tmp_path: Path) -> AsyncGenerator[World]:
    async with world(schema, tmp_path / "handoff.db") as running:
        yield running
