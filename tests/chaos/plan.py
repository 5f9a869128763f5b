"""How large a run is, and what goes wrong in it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. Times in seconds."""

    customers: int = 100
    messages_each: int = 20
    operators: int = 3
    time_scale: float = 0.1
    """Protocol deadlines shrink to a tenth, so that minutes of trouble hold hundreds of faults."""
    unanswered_minutes: float = 0.1
    """Short enough that handoffs become overdue all the time."""
    between_messages: float = 5.0
    """Of one customer, on average."""
    kill_every: tuple[float, float] = (1.5, 4.0)
    restart_servers_every: float = 30.0
    seed: int = 1
    settle_seconds: float = 240.0
    faults: dict[str, object] = field(
        default_factory=lambda: {
            "delay_ms": [0, 300],
            # Twilio accepts some time after it got the request: so a message can come too late.
            "accept_delay_ms": [50, 200],
            # What has a small chance happens at least so often.
            "script": [
                {"contains": "domingo", "fault": "cut_after", "times": 2},
                {"contains": "entrega", "fault": "cut_before", "times": 1},
            ],
            "cut_before": 0.02,
            "cut_after": 0.03,
            "error_500_before": 0.01,
            "error_500_after": 0.02,
            "reject_429": 0.02,
            "callback_drop": 0.1,
            "callback_double": 0.1,
            "callback_reorder": 0.1,
            "webhook_double": 0.1,
            "webhook_reorder_ms": 200,
        }
    )

    @property
    def messages(self) -> int:
        return self.customers * self.messages_each


SHORT = Plan(
    customers=20,
    messages_each=6,
    between_messages=1.0,
    kill_every=(1.5, 4.0),
    restart_servers_every=8.0,
    settle_seconds=90,
)
