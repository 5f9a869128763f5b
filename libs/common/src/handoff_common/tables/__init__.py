"""The published tables: one writer each, read by whoever needs them."""

from handoff_common.tables.base import METADATA, Published, Writer
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

__all__ = [
    "METADATA",
    "BotStartRow",
    "CommandRow",
    "ContactRow",
    "ConversationRow",
    "EffectRow",
    "HandoffRow",
    "MessageReportRow",
    "MessageRow",
    "OperatorRow",
    "OutboundStartRow",
    "Published",
    "RestoreRow",
    "RouterStartRow",
    "SendRow",
    "SessionRow",
    "TimerRow",
    "WatermarkRow",
    "Writer",
]
