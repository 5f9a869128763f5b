"""The router: the only writer of conversations. Each function is one transaction under its lock."""

from model.rules import Rules
from model.state import NOBODY, NOT_SAID, Message, Row, Shown, State, put


def verdict(state: State, number: int, rules: Rules) -> Shown | None:
    """Say how a message ends by the ledger as it is now, or None while that is open."""
    row, message = state.rows[number], state.messages[number]
    automatic, left_behind = message.author == "bot", message.born != state.epoch
    match row.entry:
        case "accepted" | "refused" | "superseded":
            return row.entry
        case "unknown":
            frees = left_behind or (automatic and rules.automatic_unknown_frees_window)
            return "unconfirmed" if frees or not rules.undecided_doubt_holds_window else None
        case "doubtful":
            if not automatic and not rules.undecided_doubt_holds_window:
                return "unconfirmed"
            over = row.expired or not rules.young_doubt_holds_window
            return "unconfirmed" if left_behind and over else None
        case "none" | "waiting":
            taken = automatic and left_behind and state.owner in ("claiming", "human")
            return "superseded" if taken and rules.takeover_takes_window_back else None
        case "submitting":
            return None


def settle(state: State, number: int, rules: Rules) -> State:
    """Read the ledger for one message, then free the window, grant and release what that allows."""
    if number != NOBODY:
        end, shown = verdict(state, number, rules), state.messages[number].shown
        news = shown == "released" or (shown == "unconfirmed" and rules.late_results_shown)
        if end not in (None, shown) and news:
            is_late = shown == "unconfirmed"
            state = state.show(number, end)
            if rules.late_unsaid_gives_back if is_late else rules.unsaid_gives_back:
                state = give_back(state, number)
        if end is not None and state.window == number:
            state = state._replace(window=NOBODY)
    return release(grant(state, rules), rules)


def give_back(state: State, number: int) -> State:
    """Let the questions of an answer wait again if it was not said; a later one stands for both.

    Where the bot owns the conversation and can't speak, people get it.
    """
    message = state.messages[number]
    if message.after is None or message.shown not in NOT_SAID:
        return state
    for later in range(number + 1, len(state.messages)):
        other = state.messages[later]
        if other.after is not None and other.shown in ("queued", "released"):
            kept = put(state.messages, later, other._replace(after=message.after))
            return state._replace(messages=kept)
    if state.upto < message.number:
        state = state._replace(upto=min(state.upto, message.after))
    silenced = message.shown in ("refused", "given up")
    if silenced and state.owner == "bot" and message.born == state.epoch:
        return state._replace(owner="waiting", epoch=state.epoch + 1)
    return state


def grant(state: State, rules: Rules) -> State:
    """Complete a takeover as soon as no automatic attempt is open."""
    if state.owner != "claiming":
        return state
    holder = state.window
    on_its_way = (
        holder != NOBODY
        and state.messages[holder].author == "bot"
        and state.rows[holder].entry == "submitting"
    )
    if on_its_way and rules.takeover_waits:
        return state
    return state._replace(owner="human", granted=state.epoch)


def release(state: State, rules: Rules) -> State:
    """Release the next queued message when the window is free."""
    for number, message in enumerate(state.messages):
        if message.shown == "queued" and (state.window == NOBODY or not rules.window_of_one):
            state = state.show(number, "released")._replace(
                window=number, releases=state.releases | {number}
            )
    return state


def queue(state: State, message: Message, rules: Rules) -> State:
    """Append a message in the order meant."""
    message = message._replace(number=state.said + 1)
    if message.author == "operator":
        state = state._replace(upto=message.number)
    elif message.after is not None:
        state = state._replace(upto=state.said)
    state = state._replace(messages=(*state.messages, message), rows=(*state.rows, Row()))
    return release(state, rules)


def take_over(state: State, rules: Rules) -> State:
    """Raise the epoch for an operator's claim; granted at once unless an attempt is open."""
    state = state._replace(owner="claiming", epoch=state.epoch + 1, told=state.told + 1)
    for number, message in enumerate(state.messages):
        if rules.takeover_drops_queued and (message.author, message.shown) == ("bot", "queued"):
            state = state.show(number, "superseded")
            state = give_back(state, number) if rules.unsaid_gives_back else state
    return settle(state, state.window, rules)


def hand_off(state: State, rules: Rules) -> State:
    """Give the conversation to a queue, with a text that says so."""
    epoch, left = state.epoch + 1, state.left
    fence = epoch if rules.handoff_text_under_new_epoch else state.epoch
    state = state._replace(
        owner="waiting", epoch=epoch, left=left._replace(handoffs=left.handoffs - 1)
    )
    return settle(queue(state, Message("bot", epoch, fence), rules), state.window, rules)
