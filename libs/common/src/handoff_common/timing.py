"""The protocol's deadlines in one place, because they only hold together.

claim_age + post_deadline <= orphaned: a claim that old has no POST still to come, so a takeover
that waited `orphaned` may be granted, and the ledger may call the attempt doubtful.
"""

from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(hours=24)
"""WhatsApp's: so long after the customer's last message we may answer with free text."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of the send protocol (ADR 0004)."""

    claim_age: timedelta = timedelta(seconds=5)
    """A worker POSTs only if its claim is younger; monotonic, from before `BEGIN`."""
    post_deadline: timedelta = timedelta(seconds=30)
    """Of the POST itself; Twilio's own cut-off is about 26 s."""
    orphaned: timedelta = timedelta(seconds=35)
    """An attempt still `submitting` has lost its worker; a takeover stops waiting for it."""
    checks: tuple[timedelta, ...] = (
        timedelta(seconds=40),
        timedelta(seconds=90),
        timedelta(seconds=180),
    )
    """When a doubtful attempt is looked for at Twilio, counted from its claim."""
    undecided: timedelta = timedelta(seconds=600)
    """How long an operator's doubtful message holds the window for its operator."""
    send_overdue: timedelta = timedelta(seconds=60)
    """A released message without a result is released again."""

    retries: tuple[timedelta, ...] = (
        timedelta(seconds=1),
        timedelta(seconds=2),
        timedelta(seconds=5),
        timedelta(seconds=10),
        timedelta(seconds=30),
    )
    """Pauses before what Twilio did not process is tried again; the last one repeats."""
    hopeless: timedelta = timedelta(minutes=30)
    """An automatic message that Twilio has not processed so long after it was queued is given up; a
    person's when WhatsApp's window closes."""
    poll: timedelta = timedelta(seconds=0.25)
    """How often outbound looks into its ledger for what is due."""
    reconcile: timedelta = timedelta(seconds=60)
    """How often Twilio's list is searched for customers' messages that never reached us."""
    webhook_grace: timedelta = timedelta(seconds=30)
    """A message younger than this may still come by its webhook (Twilio's whole budget is 15 s)."""

    def scaled(self, factor: float) -> "Timing":
        """Return the same protocol, faster: for experiments."""
        return Timing(
            claim_age=self.claim_age * factor,
            post_deadline=self.post_deadline * factor,
            orphaned=self.orphaned * factor,
            checks=tuple(check * factor for check in self.checks),
            undecided=self.undecided * factor,
            send_overdue=self.send_overdue * factor,
            retries=tuple(pause * factor for pause in self.retries),
            hopeless=self.hopeless * factor,
            poll=self.poll * factor,
            reconcile=self.reconcile * factor,
            webhook_grace=self.webhook_grace * factor,
        )
