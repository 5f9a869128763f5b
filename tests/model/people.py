"""What the bot and the operators ask of the router; nobody has to ask for anything."""

from model.router import hand_off, queue, settle, take_over
from model.rules import Rules
from model.state import NOBODY, Message, Peek, Row, State
from model.step import Act, Move, Moves


def people(state: State, rules: Rules) -> Moves:
    """Yield what the bot and the operators may ask for; nobody has to."""
    left, epoch, number = state.left, state.epoch, len(state.messages)
    if state.owner in ("bot", "waiting") and left.automatic:
        spent = state._replace(left=left._replace(automatic=left.automatic - 1))
        yield Move(Act.BOT_REPLIES, number, queue(spent, Message("bot", epoch, epoch), rules))
        if state.owner == "bot" and left.handoffs:
            yield Move(Act.HANDOFF, number, hand_off(spent, rules))
    if state.owner in ("claiming", "human") and left.operator:
        spent = state._replace(left=left._replace(operator=left.operator - 1))
        yield Move(
            Act.OPERATOR_REPLIES, number, queue(spent, Message("operator", epoch, epoch), rules)
        )
    if left.questions:
        spent = state._replace(left=left._replace(questions=left.questions - 1))
        yield Move(Act.ASK, NOBODY, spent._replace(questions=(*state.questions, state.said + 1)))
    if state.owner == "human" and left.returns:
        after = state._replace(
            owner="bot", epoch=epoch + 1, told=0, left=left._replace(returns=left.returns - 1)
        )
        if not rules.returned_questions_asked:
            after = after._replace(upto=after.said)
        yield Move(Act.RETURN, NOBODY, settle(after, after.window, rules))
    yield from claims(state, rules)


def turn(state: State, rules: Rules) -> Moves:
    """Yield the bot's turn, which comes of itself where it owns the conversation and words wait."""
    if state.owner == "bot" and any(question > state.upto for question in state.questions):
        answer = Message("bot", state.epoch, state.epoch, after=state.upto)
        yield Move(Act.BOT_ANSWERS, len(state.messages), queue(state, answer, rules))


def claims(state: State, rules: Rules) -> Moves:
    """Yield the claim; without a repair it decides on what it read before it held the lock."""
    left = state.left
    spent = state._replace(left=left._replace(claims=left.claims - 1))
    if rules.owner_read_under_lock and rules.ledger_read_under_lock:
        if left.claims and state.owner in ("bot", "waiting"):
            yield Move(Act.CLAIM, NOBODY, take_over(spent, rules))
        return
    if left.claims and state.peek is None and state.owner in ("bot", "waiting"):
        yield Move(Act.PEEK, NOBODY, spent._replace(peek=Peek(state.owner, state.rows)))
    if left.claims and not rules.owner_read_under_lock and state.owner in ("bot", "waiting"):
        yield Move(Act.CLAIM, NOBODY, take_over(spent, rules))
    if state.peek is not None:
        yield Move(Act.CLAIM, NOBODY, take_over_as_read(state, state.peek, rules))


def take_over_as_read(state: State, peek: Peek, rules: Rules) -> State:
    """Decide a claim on a stale owner or a stale ledger."""
    owner = state.owner if rules.owner_read_under_lock else peek.owner
    state = state._replace(peek=None)
    if owner not in ("bot", "waiting"):
        return state
    rows = state.rows
    if not rules.ledger_read_under_lock:
        unseen = (Row(),) * (len(rows) - len(peek.rows))
        state = state._replace(rows=peek.rows + unseen)
    return take_over(state, rules)._replace(rows=rows)
