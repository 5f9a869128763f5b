"""Twilio, time, the broker's redeliveries, and the sum of all that can happen next."""

from model.outbound import RESULTS, handle_release, mishaps, poll, work
from model.people import people, turn
from model.router import settle
from model.rules import Rules
from model.state import Stage, State, Worker
from model.step import Act, Move, Moves
from model.timers import reactions, surrender


def listener(state: State, number: int) -> Worker | None:
    """Find the worker that waits for Twilio's answer to a POST."""
    for worker in state.workers:
        if worker.message == number and worker.stage == "posted":
            return worker
    return None


def answer(state: State, number: int, stage: Stage, *, accepted: bool = False) -> State:
    """Let Twilio decide one POST, and tell whoever still listens."""
    flying = list(state.flying)
    flying.remove(number)
    log = (*state.log, number) if accepted else state.log
    state = state._replace(flying=tuple(flying), log=log)
    worker = listener(state, number)
    return state if worker is None else state.dismiss(worker, worker._replace(stage=stage))


def twilio(state: State) -> Moves:
    """Yield Twilio's decisions; a POST whose answer nobody can get may also come to nothing."""
    for number in dict.fromkeys(state.flying):
        yield Move(Act.ACCEPT, number, answer(state, number, "ok", accepted=True))
        if listener(state, number) is None:
            yield Move(Act.VANISH, number, answer(state, number, "lost"))


def time(state: State) -> Moves:
    """Yield 35 s passing since a claim: it may not POST any more, and Twilio has decided.

    35 s is 5 s to begin the POST and the POST's own 30 s. A worker that still has something to
    write down by then was frozen, which is a fault.
    """
    for number, row in enumerate(state.rows):
        if (
            row.entry in ("submitting", "doubtful")
            and not row.expired
            and number not in state.flying
        ):
            stages = {worker.stage for worker in state.workers if worker.message == number}
            if stages <= {"late"}:
                yield Move(Act.EXPIRE, number, state.write(number, row._replace(expired=True)))


def frozen(state: State) -> Moves:
    """Yield a worker standing still for 5 s before its POST, or for 35 s after it."""
    paid = state.fault()
    for worker in dict.fromkeys(state.workers):
        number, row = worker.message, state.rows[worker.message]
        if worker.stage == "claimed":
            late = paid.dismiss(worker, worker._replace(stage="late"))
            yield Move(Act.LATE, number, late)
        elif worker.stage not in ("late", "read") and not row.expired:
            stages = {other.stage for other in state.workers if other.message == number}
            if number not in state.flying and "claimed" not in stages:
                expired = paid.write(number, row._replace(expired=True))
                yield Move(Act.FROZEN, number, expired)


def progress(state: State, rules: Rules) -> Moves:
    """Yield what happens of itself, sooner or later; a state without any of it is at rest."""
    yield from reactions(state, rules)
    yield from turn(state, rules)
    yield from twilio(state)
    yield from time(state)
    if state.alive:
        yield from work(state, rules)
        yield from poll(state, rules)


def faults(state: State, rules: Rules) -> Moves:
    """Yield what can go wrong, each against the budget."""
    if state.left.redeliveries:
        yield from redeliveries(state, rules)
    if not state.left.faults:
        return
    yield from surrender(state, rules)
    yield from frozen(state)
    for number in dict.fromkeys(state.flying):
        worker = listener(state, number)
        if worker is not None:
            paid = state.fault()
            lost = paid.dismiss(worker, worker._replace(stage="lost"))
            yield Move(Act.LOST, number, lost)
            yield Move(Act.NOT_SENT, number, answer(paid, number, "not sent"))
            yield Move(Act.REFUSE, number, answer(paid, number, "refused"))
    if state.alive:
        yield from mishaps(state, rules)


def redeliveries(state: State, rules: Rules) -> Moves:
    """Yield every event delivered once more, at any time after its first delivery, in any order."""
    left = state.left._replace(redeliveries=state.left.redeliveries - 1)
    paid = state._replace(left=left)
    for number in released(state) if state.alive else ():
        again = handle_release(paid, number, rules)
        if again is not paid:
            yield Move(Act.REDELIVERED, number, again)
    for number, row in enumerate(state.rows):
        if row.entry in RESULTS:
            again = settle(paid, number, rules)
            if again is not paid:
                yield Move(Act.RESULT_AGAIN, number, again)


def released(state: State) -> list[int]:
    """List the messages of which a release was ever published."""
    return [
        number
        for number, message in enumerate(state.messages)
        if message.shown not in ("queued", "superseded") or state.rows[number].entry != "none"
    ]


def choices(state: State, rules: Rules) -> Moves:
    """Yield what may happen or not: what people want, and what goes wrong."""
    yield from people(state, rules)
    yield from faults(state, rules)


def moves(state: State, rules: Rules) -> Moves:
    """Yield everything that can happen next."""
    yield from progress(state, rules)
    yield from choices(state, rules)
