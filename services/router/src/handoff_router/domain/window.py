"""The send window of one: what the customer reads is in order because one message goes at a time.

The next message is released when the one before is accepted, refused, superseded, unconfirmed or
given up. What became of a message is read in outbound's ledger: events are only a reason to look.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from handoff_common.events import DoubtDecided, MessageReleased
from handoff_router.domain import turn
from handoff_router.domain.changes import FinalStatus, Queued, Settled
from handoff_router.domain.draft import Draft
from handoff_router.domain.state import Bot, Claiming, Ledger, Outgoing
from handoff_router.domain.words import parts

UNSAID: frozenset[str] = frozenset({"refused", "superseded", "given_up"})
"""Ends of a message that the customer will never read. Unconfirmed is not one: they may."""


def say(draft: Draft, text: str) -> None:
    """Queue words of the router's own, under the current epoch.

    None about what was written before a restore: they may have been said. None when WhatsApp's
    window is closed: they would be refused.
    """
    if draft.is_retold or not draft.may_write:
        return
    _queue(draft, text, Queued(_blank(draft), "system"))


def say_for_bot(draft: Draft, text: str, sources: tuple[str, ...], *, answers_after: int) -> None:
    """Queue words of the bot's, under the current epoch: the answer to what came after a number."""
    message = replace(_blank(draft), answers_after=answers_after)
    _queue(draft, text, Queued(message, "bot", sources))


def reply(draft: Draft, text: str, operator: UUID) -> list[UUID]:
    """Queue an operator's text: never fenced, a person said it while it was theirs to say."""
    message = replace(_blank(draft), automatic=False, operator=operator)
    return _queue(draft, text, Queued(message, "operator"))


def look(draft: Draft) -> None:
    """Read the ledger for every open message, then release what may go."""
    for message in draft.state.outbox:
        _apply(draft, message, draft.ledger(message.id))
    _free_old_doubt(draft)
    release(draft)


def release(draft: Draft) -> None:
    """Give the window to the next message if it is free. Not while a takeover settles."""
    if draft.state.window is not None or isinstance(draft.state.owner, Claiming):
        return
    message = next((m for m in draft.state.outbox if m.status == "queued"), None)
    if message is not None:
        hold(draft, replace(message, status="released", releases=1))


def hold(draft: Draft, message: Outgoing) -> None:
    """Let a message have the window and tell outbound; again with the same id if it is overdue."""
    draft.keep(message)
    draft.state = replace(draft.state, window=message.id)
    draft.timer("send_overdue", _patience(draft, message))
    draft.events.append(
        MessageReleased(
            id=draft.fresh("message.released.v1"),
            time=draft.now,
            trace=draft.cause.trace,
            conversation_id=draft.state.id,
            message_id=message.id,
            attempt=message.attempt,
            epoch=message.epoch,
            automatic=message.automatic,
            customer=draft.state.customer,
            business=draft.state.business,
            text=message.text,
        )
    )


def fence(draft: Draft) -> None:
    """After the epoch was raised: end what the fence has stopped.

    An automatic message of an older epoch without an attempt can't be claimed any more. What is
    `submitting` may still reach the customer: a takeover waits for that. A doubtful one delays no
    takeover, since no attempt of it is to come; nobody waits for a decision about it any more.
    """
    for message in draft.state.outbox:
        state = draft.ledger(message.id).state
        is_old = message.automatic and message.epoch != draft.state.epoch
        if is_old and state in ("none", "waiting", "superseded"):
            settle(draft, message, "superseded")
    _free_old_doubt(draft)


def _free_old_doubt(draft: Draft) -> None:
    """Open the window that a doubtful message of an older epoch holds, once its attempt is over.

    A connection that broke says nothing about Twilio, which may accept the message a moment later:
    the next one must not overtake it (found by the model: `young_doubt_holds_window`).
    """
    message = _holder(draft)
    if message is None or message.epoch == draft.state.epoch:
        return
    ledger = draft.ledger(message.id)
    if ledger.state not in ("doubtful", "unknown"):
        return
    over = (ledger.claimed_at or draft.now) + draft.policy.timing.orphaned
    if ledger.state == "unknown" or draft.now >= over:
        settle(draft, message, "unconfirmed")
    else:
        draft.timer("settling", over - draft.now)


def drop(draft: Draft) -> None:
    """End automatic messages that are not on their way: nobody wants to hear them any more."""
    for message in draft.state.outbox:
        if message.automatic and draft.ledger(message.id).state in ("none", "waiting"):
            settle(draft, message, "superseded")
    release(draft)


def in_flight(draft: Draft) -> Outgoing | None:
    """Return the automatic message whose attempt is open, if there is one."""
    for message in draft.state.outbox:
        if message.automatic and draft.ledger(message.id).state == "submitting":
            return message
    return None


def settle(
    draft: Draft, message: Outgoing, status: FinalStatus, ledger: Ledger | None = None
) -> None:
    """Give a message its final state, and free the window if it held it."""
    ledger = ledger or Ledger()
    answers_after = next(m.answers_after for m in draft.state.outbox if m.id == message.id)
    outbox = tuple(other for other in draft.state.outbox if other.id != message.id)
    draft.state = replace(draft.state, outbox=outbox)
    if message.automatic and status in ("refused", "given_up"):
        is_bots = isinstance(draft.state.owner, Bot) and message.epoch == draft.state.epoch
        draft.silenced = draft.silenced or is_bots
    if answers_after is not None and status in UNSAID:
        turn.unsaid(draft, message.seq, answers_after)
    draft.change(Settled(message.id, status, ledger.sid, ledger.code))
    if draft.state.window == message.id:
        draft.state = replace(draft.state, window=None)
        draft.no_timer("send_overdue")
        if message.status == "doubtful":
            draft.no_timer("undecided")


def overdue(draft: Draft) -> None:
    """Release again what has no attempt yet; after the last time give it up."""
    message = _holder(draft)
    if message is None:
        return
    if draft.ledger(message.id).state != "none":
        if not message.automatic:
            _give_up_behind(draft)
        draft.timer("send_overdue", draft.policy.timing.send_overdue)
    elif message.releases < len(draft.policy.overdue):
        hold(draft, replace(message, releases=message.releases + 1))
    else:
        # Under the lock, and the window goes with it: a release that comes late can't claim.
        settle(draft, message, "given_up")
        release(draft)


def _give_up_behind(draft: Draft) -> None:
    """End what waits too long behind a message of a person's, as if it had been tried itself.

    Else the bot would own a conversation for hours in which nothing it says goes out.
    """
    for message in draft.state.outbox:
        is_behind = message.automatic and message.status == "queued"
        if is_behind and draft.now - message.queued_at >= draft.policy.timing.hopeless:
            settle(draft, message, "given_up")


def _patience(draft: Draft, message: Outgoing) -> timedelta:
    steps = draft.policy.overdue
    return draft.policy.timing.send_overdue * steps[min(message.releases, len(steps)) - 1]


def undecided(draft: Draft) -> None:
    """Nobody decided about a doubtful message in time."""
    message = _holder(draft)
    if message is not None and message.status == "doubtful":
        settle(draft, message, "unconfirmed")
        release(draft)


def decide(draft: Draft, command: DoubtDecided) -> None:
    """Do as an operator decides about their own doubtful message, once the checks are over.

    Sending it again is the next attempt number. Should the first one turn out to be accepted, then
    the customer has it twice because a person wanted that, knowing that nobody knew.
    """
    look(draft)
    message = _holder(draft)
    if (
        message is None
        or message.id != command.message_id
        or message.operator != command.operator_id
        or not message.doubt_is_last
    ):
        draft.refuse(command, "nothing_to_decide")
        return
    if command.resend:
        draft.no_timer("undecided")
        again = replace(message, status="released", attempt=message.attempt + 1, releases=1)
        hold(draft, replace(again, doubt_is_last=False))
    else:
        settle(draft, message, "unconfirmed")
        release(draft)
    draft.accept(command, message.id)


def late_result(draft: Draft, message: UUID) -> None:
    """Show what became of a message that was called unconfirmed, or given up, too early."""
    ledger, ended = draft.ledger(message), draft.facts.ended.get(message)
    if ended is None or ended.status == ledger.state:
        return
    if ledger.state == "accepted" or (
        ended.status == "unconfirmed"
        and (ledger.state == "refused" or (ledger.state == "superseded" and ended.automatic))
    ):
        draft.change(Settled(message, ledger.state, ledger.sid, ledger.code))
        if ended.answers_after is not None and ledger.state in UNSAID:
            turn.unsaid(draft, ended.seq, ended.answers_after)


def _apply(draft: Draft, message: Outgoing, ledger: Ledger) -> None:
    if message.status == "queued":
        return
    if ledger.state in ("accepted", "refused", "superseded"):
        settle(draft, message, ledger.state, ledger)
    elif ledger.state == "unknown" and message.automatic:
        settle(draft, message, "unconfirmed", ledger)
    elif ledger.state in ("doubtful", "unknown"):
        last = ledger.state == "unknown"
        if message.status != "doubtful":
            draft.timer("undecided", draft.policy.timing.undecided)
        draft.keep(replace(message, status="doubtful", doubt_is_last=last))


def _holder(draft: Draft) -> Outgoing | None:
    return next((m for m in draft.state.outbox if m.id == draft.state.window), None)


def _blank(draft: Draft) -> Outgoing:
    epoch, now = draft.state.epoch, draft.now
    return Outgoing(draft.cause.id, seq=0, text="", automatic=True, epoch=epoch, queued_at=now)


def _queue(draft: Draft, text: str, blank: Queued) -> list[UUID]:
    ids: list[UUID] = []
    for part in parts(text, draft.policy.part_length):
        seq = draft.state.seq + 1
        message = replace(blank.message, id=draft.fresh("message"), seq=seq, text=part)
        if ids:
            message = replace(message, answers_after=None)  # whose first part was said was answered
        draft.state = replace(draft.state, seq=seq, outbox=(*draft.state.outbox, message))
        draft.change(replace(blank, message=message))
        ids.append(message.id)
    release(draft)
    return ids
