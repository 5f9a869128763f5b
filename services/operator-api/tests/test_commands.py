"""One click is one command, and losing a race is an answer."""

from typing import Any
from uuid import uuid4

import pytest

from handoff_common.events import (
    ClaimRequested,
    CloseRequested,
    DoubtDecided,
    ReplyRequested,
    ReturnRequested,
)
from handoff_common.telemetry import is_trace

from .world import World, command_path, key, reply


async def test_a_claim_goes_to_the_router_as_the_operators(house: World) -> None:
    operator, browser = await house.signed_in()
    conversation = await house.conversation()

    response = await browser.post(
        command_path(conversation, "claim"), json={"epoch": 4}, headers=key()
    )

    (command,) = house.router.asked
    assert isinstance(command, ClaimRequested)
    assert (command.operator_id, command.conversation_id) == (operator, conversation)
    assert command.epoch_seen == 4
    assert (command.expires_at - command.time).total_seconds() == 30
    assert is_trace(command.trace)
    assert response.status_code == 200
    assert response.json() == {
        "command_id": str(command.id),
        "status": "accepted",
        "owner": {"kind": "human", "operator_id": str(operator), "operator_name": "Helena"},
        "epoch": 5,
        "version": 9,
        "message_id": None,
    }


async def test_a_reply_says_which_message_it_became(house: World) -> None:
    _, browser = await house.signed_in()
    conversation, message = await house.conversation(), uuid4()
    house.router.answer = {"message_id": message}

    response = await reply(browser, conversation, key(), text="  Olá!\n")

    (command,) = house.router.asked
    assert isinstance(command, ReplyRequested)
    assert (command.text, command.seq_seen) == ("Olá!", 7)
    assert response.json()["message_id"] == str(message)


async def test_every_action_becomes_its_command(house: World) -> None:
    _, browser = await house.signed_in()
    conversation, message = await house.conversation(), uuid4()
    actions: dict[str, dict[str, Any]] = {
        "return": {"epoch": 1, "note": "Trocar até sexta"},
        "close": {"epoch": 1, "outcome": "resolved", "note": "Feito", "seq": 9},
        f"messages/{message}/decide": {"epoch": 1, "resend": True},
    }

    for action, body in actions.items():
        response = await browser.post(command_path(conversation, action), json=body, headers=key())
        assert response.status_code == 200

    returned, closed, decided = house.router.asked
    assert isinstance(returned, ReturnRequested)
    assert returned.note == "Trocar até sexta"
    assert isinstance(closed, CloseRequested)
    assert (closed.outcome, closed.note, closed.seq_seen) == ("resolved", "Feito", 9)
    assert isinstance(decided, DoubtDecided)
    assert (decided.message_id, decided.resend) == (message, True)


async def test_a_repeated_click_is_one_command_with_one_answer(house: World) -> None:
    _, browser = await house.signed_in()
    conversation, name = await house.conversation(), key()

    first = await reply(browser, conversation, name)
    second = await reply(browser, conversation, name, epoch=6, seq=9)

    assert len(house.router.asked) == 1
    assert second.json() == first.json()


async def test_an_answered_click_is_answered_again_while_the_broker_is_away(house: World) -> None:
    _, browser = await house.signed_in()
    conversation, name = await house.conversation(), key()
    first = await reply(browser, conversation, name)

    house.router.is_away = True

    assert (await reply(browser, conversation, name)).json() == first.json()


@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_key_used_for_something_else_is_refused(house: World, *, is_silent: bool) -> None:
    _, browser = await house.signed_in()
    conversation, other, name = await house.conversation(), await house.conversation(), key()
    house.router.is_silent = is_silent
    await reply(browser, conversation, name)

    for response in (
        await reply(browser, conversation, name, text="Outra coisa"),
        await reply(browser, other, name),
        await browser.post(command_path(conversation, "claim"), json={"epoch": 4}, headers=name),
    ):
        assert response.status_code == 422
        assert response.json()["type"] == "urn:handoff:key-reused"
    assert len(house.router.asked) == 1


async def test_the_routers_word_about_a_reused_key_counts_too(house: World) -> None:
    _, browser = await house.signed_in()
    house.router.answer = {"accepted": False, "reason": "key_reused"}

    response = await reply(browser, await house.conversation(), key())

    assert (response.status_code, response.json()["type"]) == (422, "urn:handoff:key-reused")


async def test_two_operators_may_use_the_same_key(house: World) -> None:
    _, helena = await house.signed_in("Helena")
    _, rui = await house.signed_in("Rui")
    conversation, name = await house.conversation(), key()

    one = await reply(helena, conversation, name)
    two = await reply(rui, conversation, name, text="Outra coisa")

    assert (one.status_code, two.status_code) == (200, 200)
    assert one.json()["command_id"] != two.json()["command_id"]


async def test_who_loses_a_race_is_told_who_won(house: World) -> None:
    rui = await house.operator("Rui")
    _, browser = await house.signed_in("Helena")
    conversation, name = await house.conversation(), key()
    house.router.answer = {"accepted": False, "reason": "taken", "owner_id": rui}

    first = await browser.post(command_path(conversation, "claim"), json={"epoch": 4}, headers=name)
    again = await browser.post(command_path(conversation, "claim"), json={"epoch": 4}, headers=name)

    assert first.status_code == again.status_code == 409
    assert first.headers["content-type"] == "application/problem+json"
    assert first.json() == again.json()
    (claim, *_) = house.router.asked
    assert first.json() == {
        "type": "urn:handoff:refused",
        "title": "Another operator has the conversation",
        "status": 409,
        "command_id": str(claim.id),
        "reason": "taken",
        "owner": {"kind": "human", "operator_id": str(rui), "operator_name": "Rui"},
        "epoch": 5,
    }


async def test_a_late_answer_is_found_under_the_commands_id(house: World) -> None:
    _, browser = await house.signed_in()
    conversation, name = await house.conversation(), key()
    house.router.is_silent = True

    pending = await reply(browser, conversation, name)
    command = pending.json()["command_id"]

    assert (pending.status_code, pending.json()["status"]) == (202, "pending")
    outcome = await browser.get(f"/api/commands/{command}")
    assert outcome.status_code == 200
    assert outcome.json()["status"] == "accepted"
    assert (await reply(browser, conversation, name)).status_code == 200


async def test_the_text_of_a_refused_reply_is_kept_for_its_author_only(house: World) -> None:
    _, helena = await house.signed_in("Helena")
    _, rui = await house.signed_in("Rui")
    conversation = await house.conversation()
    house.router.answer = {
        "accepted": False,
        "reason": "claim_first",
        "owner": "bot",
        "owner_id": None,
    }
    name = key()
    await reply(helena, conversation, name)
    command = house.router.asked[0].id

    outcome = (await helena.get(f"/api/commands/{command}")).json()

    assert (outcome["status"], outcome["reason"], outcome["text"]) == (
        "refused",
        "claim_first",
        "Olá",
    )
    assert outcome["owner"] == {"kind": "bot", "operator_id": None, "operator_name": None}
    assert outcome["kind"] == "command.reply.v1"
    assert outcome["conversation_id"] == str(conversation)
    stranger = await rui.get(f"/api/commands/{command}")
    assert (stranger.status_code, stranger.json()["type"]) == (404, "urn:handoff:unknown-command")


async def test_the_text_of_an_accepted_reply_is_in_the_conversation_only(house: World) -> None:
    _, browser = await house.signed_in()
    await reply(browser, await house.conversation(), key())

    outcome = await browser.get(f"/api/commands/{house.router.asked[0].id}")

    assert outcome.json()["text"] == ""


async def test_with_the_broker_away_nothing_is_done_and_the_same_click_works_later(
    house: World,
) -> None:
    _, browser = await house.signed_in()
    conversation, name = await house.conversation(), key()

    house.router.is_away = True
    refused = await reply(browser, conversation, name)
    house.router.is_away = False
    done = await reply(browser, conversation, name)

    assert (refused.status_code, refused.json()["type"]) == (503, "urn:handoff:away")
    assert refused.headers["retry-after"] == "1"
    assert done.status_code == 200


async def test_a_conversation_that_does_not_exist_is_not_asked_about(house: World) -> None:
    _, browser = await house.signed_in()

    response = await reply(browser, uuid4(), key())

    assert (response.status_code, response.json()["type"]) == (
        404,
        "urn:handoff:unknown-conversation",
    )
    assert house.router.asked == []
