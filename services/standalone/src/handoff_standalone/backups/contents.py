"""What a backup is made of."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

DATABASE = "handoff.db"
"""Conversations, people and the queue: first, so that whatever else is saved is not older."""
SIMULATOR = "simulator.db"
ACCOUNT = "simulator.json"
DATABASES = (DATABASE, SIMULATOR)
NAMES = (*DATABASES, ACCOUNT)
"""All that lasts in a home; the last two only where the simulator plays Twilio."""
MANIFEST = "manifest.json"


class BackupError(Exception):
    """It can't be saved, or put back; the text says why."""


class Piece(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True)

    name: Literal["handoff.db", "simulator.db", "simulator.json"]
    """Nothing else is ever written by a restore, whatever an archive says."""
    size: int
    sha256: str


class Manifest(BaseModel):
    """What is in the archive; its last member, so that a cut archive has none."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    release: str
    """Of `handoff`, that made it."""
    schema_revision: str
    taken_at: datetime
    """When it was begun: nothing in it is newer than the moment of the copy just after."""
    pieces: tuple[Piece, ...]
