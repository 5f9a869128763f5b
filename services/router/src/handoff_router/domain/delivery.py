"""How far a message got after Twilio accepted it: it never goes backwards."""

from handoff_common.events import DeliveryStatus

# Callbacks arrive in any order (Twilio: "track outbound message status"); WhatsApp may skip a step.
_RANK: dict[str, int] = {
    "": -1,
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "failed": 4,
    "undelivered": 4,
    "canceled": 4,
    "delivered": 5,
    "read": 6,
}


def further(known: str, reported: DeliveryStatus) -> bool:
    """Say whether a report tells more than what is known."""
    return _RANK[reported] > _RANK.get(known, -1)
