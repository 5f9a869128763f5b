"""The broker inside the process: a durable queue in the standalone's one SQLite file."""

from handoff_common.messaging.embedded.broker import EmbeddedBroker
from handoff_common.messaging.embedded.tables import EMBEDDED_TABLES, create_tables

__all__ = ["EMBEDDED_TABLES", "EmbeddedBroker", "create_tables"]
