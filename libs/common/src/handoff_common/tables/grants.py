"""Who may do what with which table, on PostgreSQL.

A table's writer may do everything with its rows; the others read what is listed here, no more.
SQLite has no users: there, the same rule is only the code's.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from handoff_common.tables.base import Published, Writer
from handoff_common.tables.conversations import ContactRow, ConversationRow, HandoffRow
from handoff_common.tables.messages import MessageReportRow, MessageRow
from handoff_common.tables.people import OperatorRow, SessionRow
from handoff_common.tables.routing import CommandRow, EffectRow, RouterStartRow, TimerRow
from handoff_common.tables.sending import (
    OutboundStartRow,
    RestoreRow,
    SendRow,
    WatermarkRow,
)
from handoff_common.tables.thinking import BotStartRow

Service: TypeAlias = Literal["router", "outbound", "operator_api", "bot"]
Privilege: TypeAlias = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]

SERVICES: tuple[Service, ...] = get_args(Service)
PRIVILEGES: tuple[Privilege, ...] = get_args(Privilege)

TABLES: tuple[type[Published], ...] = (
    BotStartRow,
    CommandRow,
    ContactRow,
    ConversationRow,
    EffectRow,
    HandoffRow,
    MessageReportRow,
    MessageRow,
    OperatorRow,
    OutboundStartRow,
    RestoreRow,
    RouterStartRow,
    SendRow,
    SessionRow,
    TimerRow,
    WatermarkRow,
)
"""Every table on PostgreSQL."""

READS: Mapping[Service, frozenset[type[Published]]] = {
    "router": frozenset({SendRow, RestoreRow}),
    "outbound": frozenset({ConversationRow, MessageRow, MessageReportRow}),
    "operator_api": frozenset({SendRow, *(row for row in TABLES if row.writer == "router")}),
    "bot": frozenset({ConversationRow, MessageRow, ContactRow, HandoffRow}),
}

LOCKS: Mapping[Service, Mapping[type[Published], str]] = {
    # `SELECT … FOR UPDATE` needs UPDATE on some column: this one is empty and means nothing.
    "outbound": {ConversationRow: "fence_lock"},
}


def role_of(service: Writer) -> str:
    """Return the group role whose members may do what the service does."""
    return f"handoff_{service}"


def privileges(service: Service, table: type[Published]) -> frozenset[Privilege]:
    """Return what a service may do with whole rows of a table."""
    if table.writer == service:
        return frozenset(PRIVILEGES)
    return frozenset({"SELECT"} if table in READS[service] else ())
